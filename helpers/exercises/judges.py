"""What many exercises look for. Each returns the finding, or None where all is well; `look` names a section."""

import asyncio
import inspect
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from helpers.charts.inputs.activity import OUTSIDE, Block
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import Strange, kind_of
from helpers.exercises.finding import Finding
from helpers.page.words import count

_OUR_FILES = {path.name for path in Path(__file__).parent.rglob("*.py")}

COMPUTED = 0.1
"""Seconds of processor time: ten times what a few requests take of it."""


def ran(seen: Observation, look: str) -> Finding | None:
    """It returned results, not jobs that nobody has run or collected."""
    things = list(seen.result) if isinstance(seen.result, list | tuple | set) else [seen.result]
    things += seen.result.values() if isinstance(seen.result, dict) else ()
    coroutines = [thing for thing in things if inspect.iscoroutine(thing)]
    tasks = [thing for thing in things if asyncio.isfuture(thing)]
    futures = [thing for thing in things if isinstance(thing, Future)]
    for coroutine in coroutines:
        coroutine.close()
    if coroutines:
        return Finding(
            f"It returned {count(len(coroutines), 'coroutine object')} that nobody has run.",
            "Calling a coroutine function runs nothing: each of these is a job that has not begun.",
            look,
        )
    if tasks:
        return Finding(
            f"It returned {count(len(tasks), 'task')}, not what they came to.",
            "A task hands out its result where it is awaited.",
            look,
        )
    if futures:
        return Finding(
            f"It returned {count(len(futures), 'future')}, not what they came to.",
            "A future hands out its result where it is asked for it.",
            look,
        )
    return None


def values(seen: Observation, wanted: Any, what: str, look: str = "") -> Finding | None:
    """It returned what it should; `what` says that in words, such as "the pages, in the order of the urls"."""
    result = seen.result
    if _same(result, wanted):
        return None
    if result is None:
        return Finding(f"It returned None, not {what}.", "Is there a `return`, and does every way lead to it?", look)
    if isinstance(result, Strange) or (type(result) is not type(wanted) and not _both_numbers(result, wanted)):
        return _another_kind(seen, wanted, what, look)
    if isinstance(wanted, list):
        return _another_list(result, wanted, what, look)
    return Finding(f"It returned {shown(result)}, not {what}.", _also_asked(seen), look)


def _same(result: Any, wanted: Any) -> bool:
    """Equal, and of the same kind: True is not 1."""
    return bool(result == wanted) and isinstance(result, bool) == isinstance(wanted, bool)


def _both_numbers(result: Any, wanted: Any) -> bool:
    return all(isinstance(thing, int | float) and not isinstance(thing, bool) for thing in (result, wanted))


def _another_kind(seen: Observation, wanted: Any, what: str, look: str) -> Finding:
    """The finding about a tuple, a text or a generator where a list is wanted, and the like."""
    result, kind = seen.result, kind_of(seen.result)
    if isinstance(result, Strange) and result.once:
        return Finding(
            f"It returned {kind}, not {what}.",
            "Such a thing holds no results: it makes them one by one when somebody reads it, and nobody has.",
            look,
        )
    if isinstance(result, tuple) and isinstance(wanted, list) and list(result) == wanted:
        return Finding(
            f"It returned a tuple. What is in it is right; {kind_of(wanted)} is wanted: {what}.",
            "Round brackets, or a comma alone, make a tuple; square brackets make a list.",
            look,
        )
    if isinstance(result, str) and not isinstance(wanted, str) and result.strip() == str(wanted):
        return Finding(f"It returned the text {result!r}; {kind_of(wanted)} is wanted.", "Quotation marks?", look)
    if isinstance(result, Strange | list | tuple | dict | set):
        return Finding(f"It returned {kind}, not {what}.", f"{_upper(kind_of(wanted))} is wanted.", look)
    return Finding(f"It returned {shown(result)}, not {what}.", _also_asked(seen), look)


def _another_list(result: list[Any], wanted: list[Any], what: str, look: str) -> Finding:
    """The finding about a list that is not the one that is wanted."""
    left = list(wanted)
    for thing in result:
        if thing in left:
            left.remove(thing)
    others = [thing for thing in result if thing not in wanted]
    if len(result) == len(wanted) and not left:
        return Finding(
            f"All results are there, but in another order: not {what}.",
            "What is collected as the answers come has the order of the answers, and what is sorted one of its own.",
            look,
        )
    if others:
        at = result.index(others[0])
        return Finding(
            f"Item {at + 1} of the {len(result):,} that it returned is {shown(others[0])}: not one of {what}.",
            f"{len(others):,} of the items are not." if len(others) > 1 else "",
            look,
        )
    if len(result) > len(wanted):
        return Finding(
            f"It returned {count(len(result), 'result')}; {len(wanted):,} are wanted: {what}.",
            "Some were collected twice.",
            look,
        )
    return Finding(
        f"It returned {len(result):,} of {count(len(wanted), 'result')}: not {what}.",
        "Some were never collected."
        if len(result) + len(left) == len(wanted)
        else "Some were never collected, and others twice.",
        look,
    )


def asked(seen: Observation, urls: Iterable[str], look: str = "") -> Finding | None:
    """It asked for each of the addresses once, and for no others; `localhost` and 127.0.0.1 are the same here."""
    given, made = Counter(map(_by_number, urls)), Counter(map(_by_number, seen.urls))
    if not made:
        return Finding(
            "The server saw no request.",
            "It made tasks and returned before they had a turn: nobody awaits them."
            if seen.tasks_left
            else "The result was not fetched: was anything that asks for it ever run?",
            look,
        )
    if others := made - given - Counter({url: made[url] for url in given}):
        return made_elsewhere(seen, look) or Finding(
            f"It asked for {next(iter(others))}, which it had not been given.",
            "The check brings addresses of its own, others each time: work with the arguments, not with names of the "
            "notebook.",
            look,
        )
    if missing := given - made:
        if twice := made - given:
            return Finding(
                f"It asked for {shown(next(iter(twice)))} more than once, and never for {shown(next(iter(missing)))}.",
                "Each address is to be asked for once.",
                look,
            )
        return Finding(
            f"The server saw {made.total():,} of {count(given.total(), 'request')}.",
            f"Not asked for: {shown(next(iter(missing)))}.",
            look,
        )
    if twice := made - given:
        return Finding(
            f"The server saw {count(made.total(), 'request')} for {given.total():,} "
            f"{'address' if given.total() == 1 else 'addresses'}.",
            f"{shown(next(iter(twice)))} was asked for more than once.",
            look,
        )
    return None


def _by_number(url: str) -> str:
    """The address with the number of this machine in it, by whatever name it was called."""
    return re.sub(r"://(localhost|\[::1\]):", "://127.0.0.1:", url)


def together(seen: Observation, wanted: int, look: str) -> Finding | None:
    """So many requests were in flight at once, or more."""
    peak = seen.peak
    if peak >= wanted or not seen.server.requests:  # none at all is what `asked` speaks of
        return None
    if peak <= 1:
        return Finding(
            "The server saw at most 1 request in flight.",
            "Your waits come one after another: each request was answered before the next one was made.",
            look,
        )
    return Finding(
        f"At most {peak:,} requests were in flight at once; {wanted:,} could have been.",
        "Some of the waits overlap, and some come only after others have ended.",
        look,
    )


def made_elsewhere(seen: Observation, look: str) -> Finding | None:
    """Every request was made in this process, by a library that is recorded."""
    if "server" not in set(seen.run.requests["library"]):
        return None
    return Finding(
        "The server saw requests that no library in this process has made.",
        "Were they made by another process, or through a socket of the function's own?",
        look,
    )


def at_most(seen: Observation, limit: int, look: str) -> Finding | None:
    """The server never saw more than so many requests in flight."""
    if seen.server.peak <= limit:
        return None
    return Finding(
        f"The server saw {seen.server.peak:,} requests in flight at once; at most {limit:,} were allowed.",
        "Nothing held the others back, or a limit that is too high: one only works if every request passes through it.",
        look,
    )


def connections(seen: Observation, most: int, look: str) -> Finding | None:
    """It opened no more than so many connections."""
    opened = seen.server.connections
    if opened <= most:
        return None
    return Finding(
        f"The server saw {count(opened, 'new connection')}; {count(most, 'connection')} would have done.",
        "A connection is kept and used again by the session that opened it, and by no other.",
        look,
    )


def never_blocked(seen: Observation, look: str) -> Finding | None:
    """No step of a task held the loop."""
    activity = seen.activity()
    if activity is None:
        return None
    if activity.model != "loop" and len(seen.run.requests):
        return Finding(
            "From its call to its return the loop had not one turn.",
            "It waited in calls that know nothing of the loop, such as those of `requests`: `async def` around a "
            "blocking call does not make it let go.",
            look,
        )
    blocks = [block for block in activity.blocks if block.row != OUTSIDE and _was_its_own_doing(block, seen)]
    if not blocks:
        return None
    longest = max(blocks, key=lambda block: block.end - block.start)
    ours = longest.place.partition(",")[0] in _OUR_FILES  # a line of the check would lead nobody on
    line = f": `{longest.line}` ({longest.place})" if longest.line and not ours else ""
    who = "Your function" if seen.through else activity.rows["name"][longest.row]  # or it would be a task of the check
    return Finding(
        f"{who} held the loop in one long step{line}.",
        "A call that waits or computes without an `await` that lets go stops every other task meanwhile.",
        look,
    )


def _was_its_own_doing(block: Block, seen: Observation) -> bool:
    """Whether a long step waited in a call or computed. On a busy machine it may only have had no processor."""
    took = block.end - block.start
    waited = sum(max(0.0, min(end, block.end) - max(start, block.start)) for start, end in seen.calls_that_wait)
    return waited > took / 2 or min(took, seen.cpu) > COMPUTED


def nothing_left(seen: Observation, look: str) -> Finding | None:
    """No task, session, thread or event loop was left over, and no coroutine thrown away."""
    if seen.tasks_left:
        return Finding(
            f"{count(len(seen.tasks_left), 'task')} still ran when it had returned: {_listed(seen.tasks_left)}.",
            "A task goes on until it is done or cancelled, whether or not anybody waits for it.",
            look,
        )
    if seen.sessions_left:
        return Finding(
            f"{count(seen.sessions_left, 'session')} stayed open.",
            "A session holds its connections until it is closed; `async with` does that, also after an error.",
            look,
        )
    if seen.session_closed:
        return Finding(
            "The session that it was given is closed now.",
            "Whoever opens a session closes it: others may want to use it afterwards.",
            look,
        )
    if seen.never_awaited:
        return Finding(
            f"A coroutine was thrown away without having run: {_listed(seen.never_awaited)}.",
            "Calling a coroutine function runs nothing.",
            look,
        )
    if seen.threads_left:
        in_a_pool = any("Executor" in name or name.startswith("asyncio_") for name in seen.threads_left)
        return Finding(
            f"{count(len(seen.threads_left), 'thread')} stayed behind: {_listed(seen.threads_left)}.",
            "A pool keeps its threads until it is shut down; `with` does that."
            if in_a_pool
            else "A thread goes on until its function has returned; `join` waits for that.",
            look,
        )
    if seen.loops_left:
        return Finding(
            f"{count(seen.loops_left, 'event loop')} stayed open.",
            "A loop holds a selector and sockets of its own until it is closed; `asyncio.run` closes the one it makes.",
            look,
        )
    return None


def _also_asked(seen: Observation) -> str:
    asked_for = seen.server.requests
    if not asked_for:  # there need be none in this exercise
        return ""
    return f"It did make {count(asked_for, 'request')}: look at what is done with the answers."


def shown(thing: Any) -> str:
    """A thing in at most 70 characters, as a finding shows it."""
    text = repr(thing) if not isinstance(thing, str) or " " in thing or not thing else thing
    return text if len(text) <= 70 else f"{text[:67]}..."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    counted = [f"{name} ({times} times)" if times > 1 else name for name, times in Counter(names).items()]
    return ", ".join(counted[:4])
