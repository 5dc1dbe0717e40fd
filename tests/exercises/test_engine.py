"""The engine: what is sent to the bench, how it is stopped, and what is written down."""

import asyncio
import gc
import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import aiohttp
import pandas
import pytest
import yarl
from cases import given
from child_processes import children
from trouble import open_nowhere

from helpers import practice_api
from helpers.exercises import catalogue, check, choose, hint, judges, order, progress, solution
from helpers.exercises.bench import kernel_side
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.serialising import serialise
from helpers.exercises.ordering import defined
from helpers.exercises.panels.outcome import Outcome

pytestmark = pytest.mark.evidence

STACK = catalogue.find("stack-not-stairs")


def function(source: str, **names: Any) -> Callable[..., Any]:
    """What a notebook's cell defines, with the names of its earlier cells."""
    made = defined(source.strip("\n") + "\n", given(STACK), "In[7]")
    made.__globals__.update(names)
    return made


GOOD = """
async def fetch_all(session, urls):
    return await asyncio.gather(*(fetch(session, url) for url in urls))
"""

ONE_BY_ONE = """
async def fetch_all(session, urls):
    pages = []
    for url in urls:
        pages.append(await fetch(session, url))
    return pages
"""


def at_line(text: str, source: str) -> int:
    """The number of the first line that holds a text."""
    return next(number for number, line in enumerate(source.splitlines(), start=1) if text in line)


def judged(source: str, **names: Any) -> Outcome:
    """Check an answer to the exercise "stack-not-stairs"."""
    return check("stack-not-stairs", function(source, **names))


# --- what goes along ---


def test_functions_values_closures_and_classes_go_along() -> None:
    class TooFew(Exception):
        pass

    def counting() -> Callable[[int], int]:
        seen = 0

        def add(number: int) -> int:
            nonlocal seen
            seen += number
            return seen

        return add

    source = """
async def halves(session, urls):
    if len(urls) < at_least:
        return [await fetch(session, url) for url in urls]
    count(1)
    middle = len(urls) // 2
    parts = await asyncio.gather(halves(session, urls[:middle]), halves(session, urls[middle:]))
    if count(1) < 2 or not issubclass(TooFew, Exception):
        raise TooFew
    return parts[0] + parts[1]
"""
    TooFew.__module__ = "__main__"
    outcome = judged(source, at_least=2, count=counting(), TooFew=TooFew)
    assert outcome.state == "done", str(outcome)


def test_what_is_open_in_the_notebook_stays_there_and_the_finding_says_so() -> None:
    async def main() -> Outcome:
        async with aiohttp.ClientSession() as opened:
            return judged("async def fetch_all(session, urls):\n    return await fetch(opened, urls[0])", opened=opened)

    (finding,) = asyncio.run(main()).findings
    used = f"the code given, line {at_line('async with session.get', given(STACK))}: `async with session.get"
    assert f"It uses a ClientSession of your notebook ({used}" in finding.seen


def test_api_of_the_notebook_becomes_that_of_the_bench_and_is_not_counted_on() -> None:
    api = practice_api()
    api.reset()
    source = """
async def fetch_all(session, urls):
    addresses = [URL(url) for url in urls]
    again = [api.url(address.path, delay=float(address.query["delay"])) for address in addresses]
    return await asyncio.gather(*(fetch(session, url) for url in again))
"""
    outcome = judged(source, api=api, URL=yarl.URL)
    assert outcome.state == "done", str(outcome)
    assert api.stats()["total"]["requests"] == 0


# --- how it ends ---


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("while True: pass", "At that moment it was at In[7], line 2: `while True: pass`"),
        ("time.sleep(1000)", "At that moment it was at In[7], line 2: `time.sleep(1000)`"),
        ("await asyncio.sleep(1000)", "At that moment it was at In[7], line 2: `await asyncio.sleep(1000)`"),
        (
            "while True:\n        with suppress(BaseException):\n            await asyncio.sleep(9)",
            "was cancelled at In[7], line 4: `await asyncio.sleep(9)`, and went on all the same",
        ),
    ],
)
def test_function_that_never_ends_is_stopped(body: str, seen: str) -> None:
    limit = catalogue.find("one-poller").limit  # no exercise has a shorter one
    outcome = check("one-poller", function(f"async def three_runs(polls):\n    {body}", suppress=suppress))
    assert outcome.state == "again"
    (finding,) = outcome.findings
    assert finding.seen.startswith(f"It had not ended after {limit:g} s")
    assert seen in str(finding)


def test_function_that_ends_its_process_harms_nobody() -> None:
    (finding,) = judged("async def fetch_all(session, urls):\n    import os; os._exit(3)").findings
    assert "ended the process" in finding.seen
    assert judged(GOOD).state == "done"


def test_stop_button_ends_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    place = kernel_side.bench()
    monkeypatch.setattr(place, "judge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        judged(GOOD)
    assert not place.alive
    assert judged(GOOD).state == "done"


def test_bench_is_used_again_and_leaves_nothing_behind() -> None:
    judged(GOOD)
    first, before = kernel_side.bench(), children(os.getpid())
    judged(GOOD)
    assert kernel_side.bench() is first
    assert children(os.getpid()) == before
    kernel_side.bench().stop()
    assert not first._folder.exists()


@pytest.mark.not_on("win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_leaves_the_bench_of_its_parent_alone() -> None:
    place = kernel_side.bench()
    child = os.fork()
    if child == 0:
        gc.collect()  # it knows of no bench
        os._exit(0)
    os.waitpid(child, 0)
    assert place._folder.is_dir() and kernel_side.bench() is place


@pytest.mark.not_on("win32", reason="Windows removes no folder that a process works in")
def test_a_bench_whose_folder_somebody_has_removed_is_replaced() -> None:
    """As what clears the system's temporary folder now and then does."""
    place = kernel_side.bench()
    shutil.rmtree(place._folder)
    other = kernel_side.bench()
    assert other is not place and other.alive
    assert not place._process.alive


def test_two_checks_at_once_go_one_after_the_other() -> None:
    """As a click on a panel, which JupyterLab may have dealt with in a thread of its own, beside a cell."""
    judged(GOOD)  # one bench is running
    sources = [GOOD, ONE_BY_ONE] * 2
    answers = [defined(source, given(STACK), f"In[{cell}]") for cell, source in enumerate(sources, start=7)]
    with ThreadPoolExecutor(max_workers=4) as threads:
        outcomes = list(threads.map(lambda answer: check("stack-not-stairs", answer), answers))
    assert [outcome.state for outcome in outcomes] == ["done", "again"] * 2


def test_leftovers_are_seen() -> None:
    session = "async def fetch_all(session, urls):\n    mine = aiohttp.ClientSession()\n    keep.append(mine)\n"
    session += "    return await asyncio.gather(*(fetch(mine, url) for url in urls))"
    assert "1 session stayed open" in str(judged(session, keep=[]))
    task = GOOD.replace("    return", "    task = asyncio.create_task(asyncio.sleep(9), name='t')\n    return")
    assert "1 task still ran when it had returned: sleep" in str(judged(task))
    own = "async def idle():\n    await asyncio.sleep(9)\n" + GOOD.replace(
        "    return", "    task = asyncio.create_task(idle())\n    return"
    )
    assert "1 task still ran when it had returned: idle" in str(judged(own))


def test_what_it_prints_and_the_run_come_back() -> None:
    outcome = judged(GOOD.replace("    return", "    print('hello')\n    return"))
    assert outcome.printed == "hello\n"
    assert outcome.run is not None and outcome.run.tasks["name"][0] == "fetch_all"
    assert "<img" in outcome.timeline().html()
    assert "hello" in outcome._repr_html_()


# --- what a learner may give to it ---


def test_check_may_be_awaited() -> None:
    async def main() -> Outcome:
        return await check("stack-not-stairs", function(GOOD))

    assert asyncio.run(main()).state == "done"


def test_coroutine_object_instead_of_the_function() -> None:
    outcome = check("stack-not-stairs", function(GOOD)(None, []))
    assert "the coroutine object that fetch_all(...) made" in str(outcome)
    gc.collect()  # would warn of a coroutine never awaited


@pytest.mark.parametrize(
    ("thing", "what"), [(4, "an int"), ([1], "a list"), (pandas.DataFrame(), "a DataFrame"), (None, "None")]
)
def test_what_is_no_function_is_a_finding(thing: Any, what: str) -> None:
    outcome = check("stack-not-stairs", thing)
    assert outcome.state == "again" and f"check was given {what}, not a function." in str(outcome)


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        (lambda: check("stack-not-stares", print), ValueError, "did you mean 'stack-not-stairs'"),
        (lambda: check("nothing", print), ValueError, "04: tasks-first, stack-not-stairs"),
        (lambda: check(4, print), TypeError, "named by a text"),  # type: ignore[arg-type]
        (lambda: check("when-it-runs", print), ValueError, "choose('when-it-runs')"),
        (lambda: order("stack-not-stairs"), ValueError, "no lines to put in order"),
        (lambda: order("tasks-first", "a b"), ValueError, "each of the letters a, b, c, d, e, f, g"),
        (lambda: choose("tasks-first"), ValueError, "no answers"),
        (lambda: choose("when-it-runs", "x"), ValueError, "are a, b, c, d, not 'x'"),
        (lambda: hint("x"), ValueError, "there is no exercise 'x'"),
        (lambda: solution("x"), ValueError, "there is no exercise 'x'"),
    ],
)
def test_bad_input_says_what_is_allowed(wrong: Callable[[], Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says.replace("(", r"\(").replace(")", r"\)")):
        wrong()


def test_wrong_number_of_arguments() -> None:
    assert "The check calls it as fetch_all(session, urls)" in str(judged("async def fetch_all(urls):\n    return 1"))


def test_requests_that_were_begun_together_count_although_the_first_is_over_before_the_last_is_connected() -> None:
    """So it comes on a busy machine, and the answer is right all the same."""
    run = Mock(server=Mock(peak=1))
    run.requests = pandas.DataFrame(
        {"start": [0.0] * 3, "queued": [0.0, 0.0, 0.05], "connecting": [0.0, 0.02, 0.0], "end": [0.01, 0.03, 0.06]}
    )
    assert Observation(run=run).peak == 2  # what waited for the pool was not in flight


# --- hints, solution, progress ---


def test_hints_come_one_by_one_and_begin_again() -> None:
    heads = [repr(hint("lost-count")) for _ in range(4)]
    assert [head[:11] for head in heads] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 1 of 3"]
    assert "2 more" in heads[0] and "That was the last one" in heads[2]


def test_progress_is_kept_in_the_history_file(history_file: Path) -> None:
    words = lambda: {exercise.name: state.words for exercise, state in progress().chapters["04"]}  # noqa: E731
    assert words()["stack-not-stairs"] == "not yet"
    assert "<details open>" not in progress()._repr_html_()
    judged("async def fetch_all(session, urls):\n    return 1")
    assert words()["stack-not-stairs"] == "begun: 1 try"
    assert progress()._repr_html_().count("<details open>") == 1  # the chapter in which the learner is
    hint("stack-not-stairs")
    judged(GOOD)
    solution("stack-not-stairs")
    assert words()["stack-not-stairs"] == "done with 1 hint"
    solution("lost-count")
    assert words()["lost-count"] == "solution read; try it again from memory"
    assert progress().done == 1 and f"1 of {progress().total}" in progress()._repr_html_()
    with sqlite3.connect(history_file) as connection:
        assert connection.execute("SELECT count(*) FROM exercises").fetchone() == (5,)
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)  # checks are no runs of the learner
    connection.close()


def test_progress_without_a_usable_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path))  # a folder, not a file
    hint("first-answer")
    assert "begun" not in repr(progress())
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path / "later.sqlite"))
    hint("first-answer")
    with sqlite3.connect(tmp_path / "later.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM exercises").fetchone()[0] >= 2
    connection.close()


def test_functions_are_small_to_send() -> None:
    assert len(serialise(function(GOOD, unused=bytes(1_000_000)))) < 10_000


@pytest.mark.parametrize(
    ("work", "found"),
    [
        ("time.sleep(0.2)", "held the loop in one long step: `time.sleep(0.2)` (In[7], line 3)"),
        ("sum(number * number for number in range(6_000_000))", "held the loop in one long step"),
        ("await asyncio.sleep(0.2)", ""),
    ],
)
def test_step_that_holds_the_loop_is_named(work: str, found: str) -> None:
    source = GOOD.replace("    return", f"    await asyncio.sleep(0)\n    {work}\n    return").strip("\n") + "\n"
    attempt = Attempt(STACK, defined(source, given(STACK), "In[7]"), practice_api(), Mock(), open_nowhere(), 1)
    seen = attempt.run(attempt.urls(3), with_session=True)
    assert found in str(judges.never_blocked(seen, "")) if found else judges.never_blocked(seen, "") is None
