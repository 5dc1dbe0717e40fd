"""What was seen of tasks that waited long, in words: where in their code, and for whom."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas
from numpy.typing import NDArray

from helpers.charts.inputs.activity import WAITING, Wait
from helpers.page import words
from helpers.recorders.code_places import describe
from helpers.recorders.loop.await_chain import Link
from helpers.recorders.loop.recorder import LoopRecorder

AS_LONG = 0.9
"""A wait is told as a task's longest one from this share of the longest on: those that are looked at are so now and
then only."""
OWN = ("lock", "places", "queue", "event")
"""What a program makes itself wait with."""
EACH_OTHER = "they wait for each other"
TASK_OF_ITS_OWN = "a task"


def waits_of(
    loop: LoopRecorder, spans: pandas.DataFrame, place: NDArray[np.int64], names: Sequence[str], began: float
) -> tuple[Wait, ...]:
    """The longest wait of each shown task, where it was looked at; in order of rows.

    ``spans`` are those of the tasks, ``place`` tells the shown row of a recorded one, ``names`` how those are called,
    ``began`` when the block opened (``time.perf_counter()``).
    """

    def called(who: int | str) -> str:
        if type(who) is str:
            return who
        shown = int(place[int(who)])
        return names[shown] if shown >= 0 else loop.rows[int(who)].coroutine or TASK_OF_ITS_OWN

    waiting = spans[spans["state"] == WAITING]
    of, starts, ends = (waiting[name].to_numpy(float) for name in ("row", "start", "end"))
    found = []
    for number, seen in loop.chains.items():
        row = int(place[number])
        start, end = starts[of == row], ends[of == row]
        if row < 0 or not len(start):
            continue
        # No step of its own lies between the beginning of a wait and the look at it.
        which = [max(int(np.searchsorted(start, at - began, "right")) - 1, 0) for at, _ in seen]
        longest = max(range(len(seen)), key=lambda one: (end - start)[which[one]])
        at, chain = which[longest], seen[longest][1]
        if (end - start)[at] < AS_LONG * (end - start).max():
            continue
        line, where = describe(chain[0].spot)
        cycle = tuple(int(place[one]) for one in _cycle(number, chain))
        of_its_own = chain[0].kind == "task" or cycle
        found.append(
            Wait(
                row=row,
                start=float(start[at]),
                end=float(end[at]),
                line=line,
                place=where,
                reason=_reason(chain[0] if of_its_own else chain[0]._replace(on=(), more=0), called),
                whom=_reason(chain[0], called),
                on=tuple(one for one in _shown(chain[0], place) if one >= 0),
                chain=" → ".join(_reason(link, called) for link in chain) + (f" ({EACH_OTHER})" if cycle else ""),
                told=_is_told(number, chain[0], loop),
                cycle=cycle if min(cycle, default=0) >= 0 else (),
            )
        )
    return tuple(sorted(found, key=lambda wait: wait.row))


def _shown(link: Link, place: NDArray[np.int64]) -> list[int]:
    """The shown rows of those that a task waits for; -1 for one that is not shown."""
    return [int(place[one]) for one in link.on if type(one) is int]


def _cycle(number: int, chain: Sequence[Link]) -> list[int]:
    """The rows at a chain's end that wait for each other, and for nobody else who might let them go on."""
    before: list[int | str] = [number, *(link.on[0] for link in chain[:-1] if len(link.on) == 1)]
    last = chain[-1].on
    if len(last) != 1 or chain[-1].more or last[0] not in before:
        return []
    begin = before.index(last[0])
    if any(link.kind == "places" for link in chain[begin:]):
        return []
    return [one for one in before[begin:] if type(one) is int]


def _is_told(number: int, link: Link, loop: LoopRecorder) -> bool:
    if link.kind == "task":
        return any(type(one) is int and loop.rows[one].parent != number for one in link.on)
    return link.kind in OWN


def _reason(link: Link, called: Callable[[int | str], str]) -> str:
    others = _others(link, called)
    if link.kind == "task":
        return others or TASK_OF_ITS_OWN
    if link.kind in ("lock", "places"):
        return f"{_a(link.what)} held by {others}" if others else _a(link.what)
    if link.kind == "event":
        return _a(link.what)
    if link.kind == "queue":
        name, _, asked = link.what.partition(".")
        return {"get": f"an empty {name}", "put": f"a full {name}"}.get(asked, link.what)
    if link.kind == "thread":
        return "a thread or process"
    return link.what or "a Future"


def _others(link: Link, called: Callable[[int | str], str]) -> str:
    named = [words.brief(called(one)) for one in link.on] + ([f"{link.more:,} more"] if link.more else [])
    return words.listing(named) if named else ""


def _a(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"
