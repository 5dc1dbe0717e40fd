"""A shop that keeps its orders: what a retry orders twice, it has twice."""

import itertools

from aiohttp import web

from ..calls import Call, Route
from ..parameters import Refused
from .bodies import decoded, read_body
from .common import CONDITIONS, named

LARGEST_ORDER = 1_000  # bytes
LONGEST_NUMBER = 64  # characters


async def orders(call: Call) -> web.StreamResponse:
    """GET tells the orders of this client label; POST makes a new one, and gives it a number."""
    if call.request.method != "POST":
        await call.hold_back()
        return call.json({"orders": call.state.orders_of(call.client)})
    order = await read_order(call)
    taken = {told["number"] for told in call.state.orders_of(call.client)}
    number = next(str(number) for number in itertools.count(1) if str(number) not in taken)
    return await keep(call, number, order)


async def one_order(call: Call) -> web.StreamResponse:
    """PUT makes this order what is sent, or makes it; its number is the client's choice."""
    number = call.plan.argument
    if len(number) > LONGEST_NUMBER:
        allowed = f"a number of at most {LONGEST_NUMBER} characters"
        raise Refused({"error": f"an order has {allowed}", "given": number[:LONGEST_NUMBER], "allowed": allowed})
    return await keep(call, number, await read_order(call))


async def keep(call: Call, number: str, order: str) -> web.StreamResponse:
    """Write the order down, and only then wait: who leaves before the answer has ordered all the same."""
    key = (call.client, number)
    is_new = call.state.orders.get(key) is None
    call.state.orders.put(key, {"number": number, "order": order})
    await call.hold_back()
    return call.json({"number": number, "order": order}, status=201 if is_new else 200)


async def read_order(call: Call) -> str:
    """What is ordered: the body, as text."""
    return decoded(await read_body(call.request, LARGEST_ORDER), call.request)


ROUTES = [
    Route(
        "/orders",
        orders,
        named(*CONDITIONS),
        "a shop: POST makes a new order, GET lists those since the reset; an order is kept before the delay begins",
        methods=("GET", "HEAD", "POST"),
    ),
    Route(
        "/orders/{number}",
        one_order,
        named(*CONDITIONS),
        "PUT makes the order with this number, or replaces it",
        methods=("PUT",),
    ),
]
