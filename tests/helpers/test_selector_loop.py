"""A loop for psycopg: the running one, or a thread's where that is a ProactorEventLoop."""

import asyncio
import threading

import pytest

from helpers.servers.postgres.selector_loop import on_selector_loop


async def where() -> tuple[int, bool]:
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    return threading.get_ident(), isinstance(loop, asyncio.SelectorEventLoop)


async def fails() -> None:
    await asyncio.sleep(0)
    raise LookupError("no such table")


def test_elsewhere_it_only_awaits() -> None:
    async def main() -> tuple[int, bool]:
        return await on_selector_loop(where)

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        assert runner.run(main()) == (threading.get_ident(), True)


def test_a_proactor_loop_gets_a_thread_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for Windows' loop, which exists nowhere else: a loop of another kind than the one that psycopg wants.
    class Proactor(asyncio.SelectorEventLoop):
        pass

    monkeypatch.setattr(asyncio, "ProactorEventLoop", Proactor, raising=False)

    async def main() -> tuple[int, bool]:
        with pytest.raises(LookupError, match="no such table"):
            await on_selector_loop(fails)
        return await on_selector_loop(where)

    with asyncio.Runner(loop_factory=Proactor) as runner:
        thread, selector = runner.run(main())
    assert thread != threading.get_ident()
    assert selector
