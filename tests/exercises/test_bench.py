"""What the bench sees that a function has left, altered or broken; and that the next check does not find it."""

from typing import Any

import pytest
from cases import given

from helpers.exercises import catalogue, check
from helpers.exercises.bench import kernel_side
from helpers.exercises.ordering import defined
from helpers.exercises.panels.outcome import Outcome

pytestmark = [pytest.mark.evidence, pytest.mark.xdist_group("the bench")]

STACK = catalogue.find("stack-not-stairs")
GOOD = """
async def fetch_all(session, urls):
    return await asyncio.gather(*(fetch(session, url) for url in urls))
"""
PLAIN = """
def fetch_pages(urls):
    async def main():
        global kept
        session = kept = aiohttp.ClientSession()
        pages = await asyncio.gather(*(fetch(session, url) for url in urls))
        await session.close()
        return pages
    return asyncio.run(main())
"""


def judged(source: str, name: str = "stack-not-stairs", **names: Any) -> Outcome:
    """Check an answer."""
    answer = defined(source.strip("\n") + "\n", given(catalogue.find(name)), "In[7]")
    answer.__globals__.update(names)
    return check(name, answer)


def doing(work: str) -> str:
    """The good answer, that does something else before it returns."""
    return GOOD.replace("    return", f"    {work}\n    return")


# --- what is left by a plain function ---

OWN_LOOP = PLAIN.replace(
    "    return asyncio.run(main())\n",
    "    loop = asyncio.new_event_loop()\n    result = loop.run_until_complete(main())\n    return result\n",
)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (PLAIN, ""),
        (PLAIN.replace("        await session.close()\n", ""), "1 session stayed open."),
        (OWN_LOOP, "1 event loop stayed open."),
        (OWN_LOOP.replace("    return result", "    loop.close()\n    return result"), ""),
        (
            OWN_LOOP.replace("        return pages", "        kept = asyncio.create_task(idle())\n        return pages")
            .replace("def fetch_pages", "async def idle():\n    await asyncio.sleep(9)\n\ndef fetch_pages"),
            "1 task still ran when it had returned: idle.",
        ),
        (
            PLAIN.replace("    return asyncio", "    threading.Thread(target=time.sleep, args=(60,), name='left', "
                          "daemon=True).start()\n    return asyncio"),
            "1 thread stayed behind: left.",
        ),
    ],
)  # fmt: skip
def test_what_a_plain_function_leaves_is_seen(source: str, says: str) -> None:
    import threading
    import time

    outcome = judged(source, "cell-to-script", threading=threading, time=time)
    assert (says in str(outcome)) if says else outcome.state == "done", str(outcome)


def test_threads_of_a_librarys_own_pool_are_nobodys() -> None:
    source = doing("await asgiref.sync.sync_to_async(len)(urls)")
    for imported in ("import asgiref.sync\n", ""):  # before the function runs, and in it
        inside = "" if imported else "    import asgiref.sync\n"
        kernel_side.bench().stop()  # in which asgiref has not been used
        outcome = judged(imported + source.replace("    await asgiref", f"{inside}    await asgiref"))
        assert outcome.state == "done", str(outcome)


# --- what is altered ---


@pytest.mark.parametrize(
    "work",
    [
        "sys.setrecursionlimit(60)",
        "asyncio.sleep = time.time = len",
        "builtins.len = builtins.print = None",
        "os.chdir('/')",
        "gc.disable()",
        "signal.signal(2, signal.SIG_IGN)",
        "sys.stdout.close()",
        "sys.stdout = sys.stderr = None",
        "os.environ.clear()",
        "threading.excepthook = warnings.warn = None",
        "aiohttp.ClientSession.get = None",
        "asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())",
        "warnings.simplefilter('error')",
        "socket.setdefaulttimeout(0.001)",
        "logging.basicConfig(level=0, force=True)",
        "del builtins.isinstance",
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_it_alters_harms_neither_its_judge_nor_the_next_check(work: str) -> None:
    needs = "import asyncio, builtins, gc, logging, os, signal, socket, sys, threading, time, warnings\n"
    source = GOOD.replace("    return ", "    pages = ") + f"    {work}\n    return pages\n"
    outcome = judged(needs + source)
    assert outcome.state == "done", str(outcome)
    assert judged(GOOD).state == "done"


def test_a_bench_with_something_of_a_function_at_work_in_it_is_not_used_again() -> None:
    judged(GOOD)
    used = kernel_side.bench()
    assert "1 thread stayed behind" in str(judged("import threading, time\n" + doing(
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )))  # fmt: skip
    assert not used.alive
    assert judged(GOOD).state == "done"


def test_a_bench_that_has_ended_meanwhile_is_replaced() -> None:
    judged(GOOD)
    place = kernel_side.bench()
    place._process.stop()
    assert judged(GOOD).state == "done"


def test_the_notebooks_locks_and_queues_go_along_from_run_to_run() -> None:
    """The exercise has several runs, each in a loop of its own; in a notebook there is one loop."""
    source = """
import random
permits, lock, waiting = asyncio.Semaphore(2), asyncio.Lock(), asyncio.Queue(1)
chance = random.SystemRandom()

async def use(at):
    async with permits, lock:
        await waiting.put(at)
        await asyncio.sleep(0)
        return await waiting.get()

async def fetch_all(session, urls):
    await asyncio.gather(*(use(chance.random()) for _ in range(5)))
    return await asyncio.gather(*(fetch(session, url) for url in urls))
"""
    outcome = judged(source)
    assert outcome.state == "done", str(outcome)


# --- how it ends ---


@pytest.mark.parametrize(
    ("work", "says"),
    [
        ("raise asyncio.CancelledError", "It raised asyncio.exceptions.CancelledError"),
        ("asyncio.current_task().cancel(); await asyncio.sleep(0)", "something that it awaited had been cancelled"),
        ("raise SystemExit(3)", "It raised SystemExit: 3"),
        ("raise KeyboardInterrupt", "It raised KeyboardInterrupt"),
        ("await asyncio.create_task(leave())", "It raised SystemExit: 4"),
        ("raise Odd", "It raised"),
        ("raise ExceptionGroup('two', [ValueError('first'), KeyError('second')])", "with ValueError: first"),
        ("raise BaseException('base')", "It raised BaseException: base"),
        ("(await asyncio.sleep(0)).x", "'NoneType' object has no attribute 'x'"),
        ("recurse()", "It raised RecursionError"),
        ("asyncio.get_running_loop().stop(); await asyncio.sleep(0)", "Event loop stopped before Future completed"),
        ("await session.close()", "Session is closed"),
    ],
)
def test_what_it_raises_is_told(work: str, says: str) -> None:
    cells = """
class Odd(Exception):
    def __str__(self):
        raise ValueError("no")

async def leave():
    raise SystemExit(4)

def recurse():
    recurse()
"""
    outcome = judged(cells + doing(work))
    assert outcome.state == "again" and says in str(outcome.findings[0]), str(outcome)
    assert judged(GOOD).state == "done"


def test_a_session_that_it_was_given_stays_open() -> None:
    source = GOOD.replace("    return ", "    pages = ") + "    await session.close()\n    return pages\n"
    assert "The session that it was given is closed now." in str(judged(source))


def test_it_may_use_up_what_it_is_given() -> None:
    source = """
async def fetch_all(session, urls):
    tasks = []
    while urls:
        tasks.append(asyncio.create_task(fetch(session, urls.pop(0))))
    return [await task for task in tasks]
"""
    assert judged(source).state == "done"


def test_both_streams_are_printed() -> None:
    source = "import sys, traceback\n" + doing("print('out'); print('err', file=sys.stderr)")
    assert judged(source).printed == "out\nerr\n"
