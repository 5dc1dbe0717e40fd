"""The practice API's shop: what was ordered is kept, whoever waits for the answer."""

import asyncio

import aiohttp
import pytest
import requests

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.calls import MOST_ORDERS
from helpers.servers.practice_api.routes.orders import LARGEST_ORDER, LONGEST_NUMBER

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang


def kept(api: PracticeAPI, **label: str) -> list[tuple[str, str]]:
    """What the shop has: number and order."""
    told = requests.get(api.url("/orders", **label), timeout=ROOM).json()
    return [(order["number"], order["order"]) for order in told["orders"]]


def test_each_post_is_a_new_order_and_a_put_is_the_same_one(api: PracticeAPI) -> None:
    for _ in range(3):
        made = requests.post(api.url("/orders"), data="a map", timeout=ROOM)
        assert made.status_code == 201
    assert kept(api) == [("1", "a map"), ("2", "a map"), ("3", "a map")]
    for status in (201, 200, 200):
        assert requests.put(api.url("/orders/mine"), data="an atlas", timeout=ROOM).status_code == status
    assert kept(api)[3:] == [("mine", "an atlas")]
    requests.put(api.url("/orders/4"), data="a globe", timeout=ROOM)
    assert requests.post(api.url("/orders"), data="a map", timeout=ROOM).json()["number"] == "5"


def test_who_leaves_before_the_answer_has_ordered_all_the_same(api: PracticeAPI) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_read=0.3)) as session:
            with pytest.raises(TimeoutError):
                await session.post(api.url("/orders", delay=20), data="a map")

    asyncio.run(main())
    assert kept(api) == [("1", "a map")]


def test_each_label_has_its_orders_and_a_reset_forgets_them(api: PracticeAPI) -> None:
    requests.post(api.url("/orders", client="one"), data="a map", timeout=ROOM)
    requests.post(api.url("/orders"), headers={"X-Client": "other"}, data="an atlas", timeout=ROOM)
    assert kept(api, client="one") == [("1", "a map")] and kept(api, client="other") == [("1", "an atlas")]
    api.reset()
    assert kept(api, client="one") == []


def test_the_oldest_order_goes_when_there_are_too_many(api: PracticeAPI) -> None:
    with requests.Session() as session:
        for n in range(MOST_ORDERS + 2):
            session.put(api.url(f"/orders/{n}"), data="a map", timeout=ROOM)
    assert kept(api)[0] == ("2", "a map") and len(kept(api)) == MOST_ORDERS
    assert api.stats()["forgotten"]["orders"] == 2


def test_what_is_too_large_is_refused(api: PracticeAPI) -> None:
    large = requests.post(api.url("/orders"), data="x" * (LARGEST_ORDER + 1), timeout=ROOM)
    assert large.status_code == 413 and "/orders reads a body of at most 1,000 bytes" in large.json()["error"]
    long = requests.put(api.url("/orders/" + "9" * (LONGEST_NUMBER + 1)), data="x", timeout=ROOM)
    assert long.status_code == 400 and "at most 64 characters" in long.json()["error"]
    assert kept(api) == []
