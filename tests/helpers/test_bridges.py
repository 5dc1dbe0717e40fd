"""The table of bridges says what was seen of each."""

import asyncio
import threading

import aiohttp
import pytest
from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async

from helpers import practice_api
from helpers.costs.bridges import TO_ASYNC, TO_SYNC, bridges

pytestmark = pytest.mark.evidence


def test_every_bridge_is_crossed() -> None:
    table = asyncio.run(bridges(crossings=5))
    assert table["direction"].tolist() == [TO_ASYNC] * 4 + [TO_SYNC] * 4
    assert (table["cost"] > 0).all()
    assert table["mistake"].is_unique
    threads = table["thread"].to_dict()
    assert {name for name, thread in threads.items() if thread == "the caller's own"} == {
        "asyncio.run",
        "nest-asyncio2",
    }
    assert {name for name, thread in threads.items() if thread == "the loop's"} == {"run_coroutine_threadsafe"}
    assert threads["sync_to_async"] == "one thread, which all such calls of a request share"


def test_it_does_not_change_this_process() -> None:
    asyncio.run(bridges(crossings=1))
    assert not hasattr(asyncio, "_nest_patched")


def test_no_crossing_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="from 1 on, not 0"):
        asyncio.run(bridges(crossings=0))


async def thread_and_loop() -> tuple[int, asyncio.AbstractEventLoop]:
    """Where the other side of a bridge runs."""
    return threading.get_ident(), asyncio.get_running_loop()


def test_async_to_sync_makes_a_loop_outside_and_takes_the_one_around_sync_to_async() -> None:
    async def main() -> None:
        async with ThreadSensitiveContext():
            assert await sync_to_async(async_to_sync(thread_and_loop))() == await thread_and_loop()
        thread, loop = await asyncio.to_thread(async_to_sync(thread_and_loop))
        assert loop is not asyncio.get_running_loop()
        assert thread != threading.get_ident()

    asyncio.run(main())


def test_a_session_of_one_loop_is_dead_in_the_next() -> None:
    url = practice_api().url("/countries/FR")

    async def asked(session: aiohttp.ClientSession) -> int:
        async with session.get(url) as response:
            return response.status

    async def opened() -> aiohttp.ClientSession:
        session = aiohttp.ClientSession()
        assert await asked(session) == 200
        return session

    session = asyncio.run(opened())
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        asyncio.run(asked(session))
    asyncio.run(session.close())


def test_what_is_left_behind_asyncio_run_is_cancelled() -> None:
    left = []

    async def page() -> None:
        left.append(asyncio.create_task(asyncio.sleep(60)))

    asyncio.run(page())
    assert left[0].cancelled()
