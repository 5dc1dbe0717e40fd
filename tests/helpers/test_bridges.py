"""The table of bridges says what was seen of each."""

import asyncio

import pytest

from helpers.costs.bridges import TO_ASYNC, TO_SYNC, bridges

pytestmark = pytest.mark.evidence


def test_every_bridge_is_crossed() -> None:
    table = asyncio.run(bridges(crossings=5))
    assert table["direction"].tolist() == [TO_ASYNC] * 4 + [TO_SYNC] * 4
    assert (table["cost"] > 0).all()
    assert table["mistake"].is_unique
    threads = table["thread"].to_dict()
    assert {name for name, thread in threads.items() if thread == "the caller's own"} == {"asyncio.run", "nest-asyncio"}
    assert {name for name, thread in threads.items() if thread == "the loop's"} == {"run_coroutine_threadsafe"}
    assert threads["sync_to_async"] == "one thread that all such calls share"


def test_it_does_not_change_this_process() -> None:
    asyncio.run(bridges(crossings=1))
    assert not hasattr(asyncio, "_nest_patched")


def test_no_crossing_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="from 1 on, not 0"):
        asyncio.run(bridges(crossings=0))
