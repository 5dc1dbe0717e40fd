"""The table of chapter 12 holds what was measured, and all of it."""

import re
from types import SimpleNamespace
from typing import Any

import pandas

from helpers.choosing.sync_and_async import SyncAndAsync


def test_every_number_is_one_that_was_measured() -> None:
    measured = iter(range(1, 100))

    def runs(*names: str) -> dict[str, Any]:
        return {name: SimpleNamespace(wall=float(next(measured))) for name in names}

    bursts = runs(
        "WSGI, 1 thread", "WSGI, 8 threads", "ASGI, def", "ASGI, async def", "ASGI, async def that blocks",
        "aiohttp.web, no Django",
    )  # fmt: skip
    names = "def, 1 thread", "def, 8 threads", "async def", "async def that blocks"
    worst = {name: float(next(measured)) for name in names}
    ways = runs("one-by-one", "threads", "bridged", "gathered", "adapted", "adapted-apart")
    orm = runs("ten", "ten-apart")
    asgi = {name: 1000.0 * next(measured) for name in ("none", "the seven", "one, sync only")}
    spent = {"WSGI": {name: 1000.0 * next(measured) for name in ("none", "the seven")}, "ASGI": asgi}
    lists = [
        ("list: def, WSGI", 50.0, False),
        ("list: def, WSGI", 5000.0, True),
        ("list: async def, ASGI", 51.0, False),
    ]
    table = SyncAndAsync(
        bursts, worst, ways, orm, spent, pandas.DataFrame(lists, columns=["variant", "wall", "warm_up"])
    )
    numbers = {float(number) for number in re.findall(r"([\d.]+) s\b", repr(table))}
    assert numbers == {*range(1, next(measured)), 50, 51}
    assert len(table.rows) == 8 and '<th scope="row"' in table._repr_html_()
