"""Routes that answer with data: countries."""

from aiohttp import web

from ..calls import Call, Route
from ..countries import FIELDS
from ..parameters import Names, Refused
from .common import CONDITIONS, named


async def all_countries(call: Call) -> web.StreamResponse:
    await call.hold_back()
    return call.json(call.state.countries.encoded_list(call["fields"]))


async def one_country(call: Call) -> web.StreamResponse:
    await call.hold_back()
    code = call.plan.argument
    body = call.state.countries.encoded(code)
    if body is None:
        near = call.state.countries.near(code)
        hint = " or ".join(f"{row['code']} ({row['name']})" for row in near)
        raise Refused(
            {
                "error": f"no country has the code {code}" + (f"; did you mean {hint}?" if near else ""),
                "given": code,
                "allowed": "a code of two or three letters, such as FR or FRA",
                "near": near,
            },
            status=404,
        )
    return call.json(body)


ROUTES = [
    Route(
        "/countries",
        all_countries,
        named(*CONDITIONS, Names("fields", FIELDS, "only these fields of each country")),
        "all countries",
    ),
    Route("/countries/{code}", one_country, named(*CONDITIONS), "one country, by its code: FR or FRA"),
]
