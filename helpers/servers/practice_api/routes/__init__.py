"""What the practice API answers: the list of its routes, which stand by subject in the files beside this one."""

from aiohttp import web

from ..calls import Call, Route
from ..pages import routes_page
from . import bodies, control, data, failures, limits, live, orders, realtime, rooms

__all__ = ["ROUTES"]


async def list_of_routes(call: Call) -> web.StreamResponse:
    return web.Response(text=routes_page(ROUTES), content_type="text/html")


ROUTES = [
    *data.ROUTES,
    *failures.ROUTES,
    *limits.ROUTES,
    *bodies.ROUTES,
    *orders.ROUTES,
    *realtime.ROUTES,
    *rooms.ROUTES,
    *control.ROUTES,
    *live.ROUTES,
    Route("/routes", list_of_routes, {}, "this list", counted=False),
]
