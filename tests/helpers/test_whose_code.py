"""Whose a job, a thread or a task is: by whose code it runs, and by who asked for it."""

import asyncio
import functools
import sys
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from a_library import library
from jumping_loop import JumpingLoop

from helpers import measure
from helpers.code.origin import Asker, asker_of, is_learners, runs_learners, started_by_learner
from helpers.recorders.code_places import spot_in
from helpers.recorders.handed_on import code_run_by, learners_coroutine, learners_function
from helpers.recorders.stacks import Call
from helpers.recorders.threads.jobs import name_and_owner
from helpers.recorders.threads.thread_hooks import is_librarys

LIBRARY = library("""
import asyncio, functools, threading

def asks(ask): return ask()
async def awaits(ask): return ask()
async def awaits_awaits(ask): return await awaits(ask)
async def awaits_given(coroutine): return await coroutine
async def knows(task, data, *others): return await asyncio.sleep(0)
def starts(thread): thread.start()
def work(): pass

class Job:
    def __init__(self, **kept): self.__dict__.update(kept)
    def __call__(self): pass

class Handle:
    __slots__ = ("coroutine",)
    def __init__(self, coroutine): self.coroutine = coroutine
    async def run(self): return await self.coroutine

class Worker(threading.Thread):
    def run(self): pass

def retried(function):
    @functools.wraps(function)
    async def wrapper(*args): return await function(*args)
    return wrapper

def logged(function):
    def wrapper(*args): return function(*args)
    return wrapper
""")


def mine() -> None:
    pass


async def fetch() -> None:
    pass


class Mine:
    def __call__(self) -> None:
        pass

    def method(self) -> None:
        pass


@contextmanager
def closing(*coroutines: Any) -> Iterator[tuple[Any, ...]]:
    """Coroutines that nobody awaits."""
    yield coroutines
    for coroutine in coroutines:
        coroutine.close()


def test_the_learners_function_is_found_in_what_is_around_it() -> None:
    job = LIBRARY["Job"]
    assert learners_function(mine) is mine
    assert learners_function(LIBRARY["logged"](mine)) is mine
    assert learners_function(functools.partial(LIBRARY["work"], 1, key=mine)) is mine
    assert learners_function(functools.lru_cache(mine)) is mine
    # As joblib has it: a callable that holds a callable that holds a list of functions with their arguments.
    assert learners_function(job(inner=job(items=[(mine, (1,), {})]))) is mine
    callable_object = Mine()
    assert learners_function(callable_object) is callable_object
    assert code_run_by(learners_function(callable_object.method)) is Mine.method.__code__
    for other in (LIBRARY["work"], job(), time.sleep, len, functools.partial(LIBRARY["work"], "mine"), None):
        assert learners_function(other) is None


def test_a_search_ends() -> None:
    job = LIBRARY["Job"]()
    job.itself = [job, (job,)]
    assert learners_function(job) is None
    deep: Any = mine
    for _ in range(1000):
        deep = LIBRARY["Job"](inner=deep)
    assert learners_function(deep) is None


@pytest.mark.filterwarnings("ignore:coroutine .fetch. was never awaited")  # what was to await it was never begun
def test_the_learners_coroutine_is_found_in_what_awaits_it() -> None:
    with closing(fetch(), LIBRARY["awaits_given"](fetch()), LIBRARY["Handle"](fetch()).run()) as coroutines:
        for coroutine in coroutines:
            assert code_run_by(learners_coroutine(coroutine)) is fetch.__code__
    with closing(LIBRARY["retried"](fetch)(), LIBRARY["Handle"](LIBRARY["retried"](fetch)()).run()) as coroutines:
        for coroutine in coroutines:
            assert learners_coroutine(coroutine) is fetch
    with closing(LIBRARY["awaits"](mine), asyncio.sleep(0)) as coroutines:
        assert [learners_coroutine(coroutine) for coroutine in coroutines] == [None, None]


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_a_step_of_the_learners_generator_is_theirs() -> None:
    async def numbers() -> AsyncIterator[int]:
        yield 1

    for step in (numbers().__anext__(), numbers().aclose()):  # type: ignore[attr-defined]
        assert code_run_by(learners_coroutine(step)) is numbers.__code__


def test_a_task_that_a_librarys_coroutine_knows_is_not_what_it_runs() -> None:
    async def main() -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b""

        given = fetch()
        with closing(LIBRARY["knows"](asyncio.current_task(), chunks(), given), given) as (coroutine, _):
            assert learners_coroutine(coroutine) is None

    on_paper(main())


def on_paper(coroutine: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(coroutine)


def asker_in(levels: int) -> Asker:
    """Who asks, seen from so many calls further out."""
    return asker_of(sys._getframe(levels))


def test_who_asks_for_a_job() -> None:
    ask, ask_here = LIBRARY["asks"], functools.partial(asker_in, 1)

    async def awaiting() -> list[Asker]:
        one, two = LIBRARY["awaits"], LIBRARY["awaits_awaits"]
        alone = await asyncio.gather(one(ask_here), two(ask_here))
        return [await one(ask_here), await two(ask_here), *alone]

    assert asker_of(sys._getframe()) is Asker.LEARNER
    assert ask(ask_here) is Asker.FOR_LEARNER
    assert on_paper(awaiting()) == [Asker.FOR_LEARNER, Asker.LIBRARY, Asker.FOR_LEARNER, Asker.LIBRARY]


def test_what_only_hands_on_asks_for_nothing() -> None:
    class Executor(ThreadPoolExecutor):
        def submit(self, *_: Any) -> Any:  # type: ignore[override]
            asked.append(asker_in(2))
            future: Future[None] = Future()
            future.set_result(None)
            return future

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Executor())
        await loop.run_in_executor(None, mine)
        await asyncio.to_thread(mine)
        await asyncio.gather(asyncio.to_thread(mine))
        await loop.getaddrinfo("localhost", 80)
        await LIBRARY["awaits_given"](loop.getaddrinfo("localhost", 80))
        loop._default_executor = None  # type: ignore[attr-defined]  # it has no threads to be waited for

    asked: list[Asker] = []
    on_paper(main())
    assert asked == [Asker.LEARNER] * 3 + [Asker.FOR_LEARNER, Asker.LIBRARY]


@pytest.mark.parametrize(
    ("function", "asker", "told"),
    [
        (mine, Asker.LIBRARY, ("mine", False)),
        (LIBRARY["work"], Asker.LEARNER, ("work", False)),
        (LIBRARY["work"], Asker.FOR_LEARNER, ("work", False)),
        (LIBRARY["work"], Asker.LIBRARY, ("work", True)),
        (functools.partial(LIBRARY["work"], mine), Asker.LEARNER, ("work", False)),
        (functools.partial(LIBRARY["work"], mine), Asker.LIBRARY, ("mine", False)),
        (LIBRARY["Job"](inner=mine), Asker.FOR_LEARNER, ("mine", False)),
    ],
)
def test_whose_a_job_is_and_what_it_is_called(function: Any, asker: Asker, told: tuple[str, bool]) -> None:
    assert name_and_owner(function, asker) == told


def test_whose_a_thread_is() -> None:
    class Own(threading.Thread):
        def run(self) -> None:
            pass

    started: list[bool] = []

    class Started:
        def __init__(self, thread: threading.Thread) -> None:
            self.thread = thread

        def start(self) -> None:
            started.append(is_librarys(self.thread, sys._getframe(1)))

    threads = [threading.Thread(target=target) for target in (mine, LIBRARY["work"], None)]
    threads += [Own(), LIBRARY["Worker"](), threading.Timer(1, LIBRARY["work"])]
    for thread in threads:
        LIBRARY["starts"](Started(thread))
    assert started == [False, True, True, False, True, True]
    assert not any(is_librarys(thread, sys._getframe()) for thread in threads)
    assert not is_librarys(threads[1], None)  # started by C: no library has asked for it
    assert started_by_learner(None)


def test_whether_the_learners_code_is_running() -> None:
    assert runs_learners(sys._getframe())
    assert not runs_learners(None)
    assert not is_learners(LIBRARY["work"].__code__.co_filename)


def test_a_hook_is_nobodys_line_and_the_courses_helpers_are_the_learners() -> None:
    def call(filename: str) -> Call:
        return Call(compile("", filename, "exec"), 0, 1)

    helpers_folder = Path(measure.__init__.__code__.co_filename).parent.parent
    hook, helper = str(helpers_folder / "recorders" / "threads" / "waits.py"), str(helpers_folder / "pause.py")
    assert spot_in([call(hook)]) is None
    for inner, outer, found in [(hook, asyncio.__file__, asyncio.__file__), (hook, helper, helper),
                                (asyncio.__file__, helper, helper), (hook, "learner.py", "learner.py")]:  # fmt: skip
        spot = spot_in([call(inner), call(outer)])
        assert spot is not None and spot.filename == found
