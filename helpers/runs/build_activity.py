"""Put together what the recorders saw: who did what when in one measured block."""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray

from helpers.charts.inputs.activity import OUTSIDE, WAITING, Activity, Block, Pause
from helpers.code.origin import is_bystander, is_learners
from helpers.page.words import count
from helpers.recorders.http.cost import cost_per_request
from helpers.recorders.http.request_record import RequestRecord
from helpers.recorders.loop.recorder import MOST_STEPS, LoopRecorder
from helpers.recorders.loop.self_test import self_test
from helpers.recorders.processor_time import STEP
from helpers.recorders.task_row import TaskRow
from helpers.recorders.threads.recorder import ThreadRecorder, ThreadRow
from helpers.recorders.threads.thread_row import STARTING
from helpers.runs.block_progress import BlockProgress
from helpers.runs.held_steps import Interval, parts_of
from helpers.runs.recording import Recording
from helpers.runs.request_rows import what_became
from helpers.runs.task_spans import Steps, spans_of, steps_of
from helpers.runs.thread_spans import Span, cut
from helpers.runs.thread_spans import spans_of as thread_spans_of
from helpers.runs.waited_for import waits_of

DEFAULT_NAME = re.compile(r"Task-\d+")
"""What asyncio calls a task that nobody has named."""


@dataclass(slots=True)
class _Line:
    """One row of the picture. There may be 50,000: each is one object, with none inside, for the garbage collector."""

    name: str
    kind: str
    spans: Sequence[Span]
    start: float
    end: float
    outcome: str = "ok"
    error: str = ""
    parent: int = OUTSIDE
    cpu: float = float("nan")
    library: bool = False


def activity_of(recording: Recording, began: float, wall: float, others: Iterable[dict[str, Any]] = ()) -> Activity:
    """Make the picture of a block that opened at ``began`` (``time.perf_counter()``) and took ``wall`` seconds.

    ``others`` are the rows of requests that only the server saw.

    Where the loop had a turn, or code with an `await` gave it none, the rows are its tasks and the jobs that they gave
    to threads. For plain code on a loop, and where there is no loop, they are the jobs and threads; or, without any,
    the thread and under it its requests.
    """
    if recording.loop is not None and (recording.loop.gave_way or recording.awaits):
        return _of_loop(recording, recording.loop, began, wall, others)
    return _of_threads(recording, began, wall, others)


def _of_threads(recording: Recording, began: float, wall: float, others: Iterable[dict[str, Any]]) -> Activity:
    threads = recording.threads
    main = thread_spans_of(threads.main, began, wall)
    lines = [_Line("cell", "thread", main, 0.0, wall, cpu=threads.main.cpu)]
    beside = _thread_lines(threads.rows, {}, began, wall)
    # What a library gave to a thread by itself makes no program of threads.
    model = "blocking" if all(line.library for line in beside) else "threads"
    if model == "blocking":
        made = [*_request_lines(recording.requests, main, began, wall), *_others_lines(others, wall)]
        lines += sorted(made, key=lambda line: line.start)
    lines += beside
    _number(lines)
    return Activity(
        model=model,
        rows=_table(lines),
        spans=_spans(lines),
        wall=wall,
        stalls=_stalls(threads, began, wall),
        stalls_told=threads.processor.is_told,
        tick=STEP,
        threshold=recording.threshold,
        cost=_cost(recording),
        opening=recording.opening,
        events=threads.calls,
        notes=tuple(_notes(recording)),
        recorded=_recorded(recording, began),
    )


def _of_loop(
    recording: Recording, loop: LoopRecorder, began: float, wall: float, others: Iterable[dict[str, Any]]
) -> Activity:
    threads = recording.threads
    every = steps_of(loop, began, wall)
    # Not all rows are older than the next: an eager task is noted when its first step is over.
    by_birth = sorted(range(len(loop.rows)), key=lambda number: loop.rows[number].born)
    shown = [number for number in by_birth if not loop.rows[number].library]
    place = np.full(len(loop.rows) + 1, OUTSIDE)  # the last one is for OUTSIDE itself
    place[shown] = np.arange(len(shown))
    mine = place[every.row] >= 0
    steps = Steps(place[every.row[mine]], every.ready[mine], every.start[mine], every.end[mine])
    born = np.clip(np.array([loop.rows[number].born - began for number in shown]), 0.0, wall)
    ended = np.array([_end(loop.rows[number].ended, began, wall) for number in shown])
    own = _own_parts(loop, threads)
    cut_steps = _without_the_rest(steps, loop, own, place, began, wall)
    spans = spans_of(_with_unserved(cut_steps, loop, place, began, wall), born, ended, recording.threshold)

    asked_for = {request.row: request.path for request in reversed(recording.requests)}
    lines = []
    places = place.tolist()
    for number, start, end in zip(shown, born.tolist(), ended.tolist(), strict=True):
        row = loop.rows[number]
        name = _shown_name(_opener_name(row.code) if number == 0 else row.name, row, asked_for.get(number))
        lines.append(_Line(name, "task", (), start, end, row.outcome, row.error, places[row.parent]))
        if number == 0 or (row.outcome == "pending" and is_bystander(row.code)):
            # The block is over, and with it what the picture shows of its own task, and of a bystander.
            lines[-1].outcome = "ok"
    tasks = len(lines)
    asked = [request for request in recording.requests if request.row == 0]
    if len(asked) > 1:
        first = spans[spans["row"] == 0]
        opener = list(zip(first["state"], first["start"], first["end"], strict=True))
        made = [*_request_lines(asked, opener, began, wall), *_others_lines(others, wall)]
        lines += sorted(made, key=lambda line: line.start)
    lines += _thread_lines(threads.rows, dict(enumerate(places)), began, wall)
    _number(lines)
    table = _table(lines)
    table["steps"] = np.bincount(steps.row, minlength=len(lines))[: len(lines)]
    more = _spans(lines[tasks:], first=tasks)
    return Activity(
        model="loop",
        rows=table,
        spans=pandas.concat([spans, more], ignore_index=True) if len(more) else spans,
        wall=wall,
        blocks=_blocks(loop, own, place, began, wall, recording.threshold),
        waits=waits_of(loop, spans, place, [line.name for line in lines], began),
        pauses=tuple(
            Pause(start - began, end - began, generation)
            for start, end, generation in loop.pauses
            if start - began < wall
        ),
        stalls=_stalls(threads, began, wall),
        stalls_told=threads.processor.is_told,
        tick=STEP,
        busy=_busy(loop, began, wall),
        threshold=recording.threshold,
        lag=min(loop.lag, wall),  # a timer may have been set before the block for a moment that had passed
        hidden=len(loop.rows) - len(shown),
        cost=_cost(recording),
        opening=recording.opening,
        events=len(every.row) + threads.calls,
        notes=tuple(_notes(recording)),
        recorded=_recorded(recording, began),
    )


def _cost(recording: Recording) -> float:
    """The seconds of processor time that recording took: the hooks' as estimated, and those of what looks beside."""
    threads, loop = recording.threads, recording.loop
    steps = 0.0 if loop is None else loop.handles * self_test().cost + loop.looked
    calls = threads.calls * threads.cost_per_call
    return steps + calls + len(recording.requests) * cost_per_request() + threads.watcher.used


def _stalls(threads: ThreadRecorder, began: float, wall: float) -> tuple[tuple[float, float], ...]:
    """When the machine stood still, as far as that lies in the block."""
    cut = ((max(start - began, 0.0), min(end - began, wall)) for start, end in threads.processor.stalls)
    return tuple((start, end) for start, end in cut if end > start)


def _own_parts(loop: LoopRecorder, threads: ThreadRecorder) -> list[list[Interval]]:
    """For each long step, when it held the loop by its own doing."""
    # A new thread that does not start has no processor, or no GIL, and then nor has who waits for it.
    waits = [(start, end) for start, end, kind in threads.main.waits if kind != STARTING]
    stalls = threads.processor.stalls
    return [parts_of(step, stalls, waits) for step in loop.long_steps]


def _without_the_rest(
    steps: Steps, loop: LoopRecorder, own: list[list[Interval]], place: NDArray[np.int64], began: float, wall: float
) -> Steps:
    """The steps, with each long one cut down to its own parts; before and between them its task was ready."""
    row, ready, start, end = steps.row, steps.ready, steps.start.copy(), steps.end.copy()
    more: list[tuple[int, float, float, float]] = []
    for step, parts in zip(loop.long_steps, own, strict=True):
        if parts == [(step.start, step.end)]:
            continue
        found = np.flatnonzero((row == place[step.row]) & np.isclose(start, max(step.start - began, 0.0), 0.0, 1e-9))
        within = [(max(left - began, 0.0), min(right - began, wall)) for left, right in parts]
        within = [(left, right) for left, right in within if right > left]
        if len(found) and within:
            start[found[0]], end[found[0]] = within[0]
            more += [(int(place[step.row]), before, left, right) for (_, before), (left, right) in pairwise(within)]
    if not more:
        return Steps(row, ready, start, end)
    rows, readies, starts, ends = zip(*more, strict=True)
    row, ready = np.append(row, rows), np.append(ready, readies)
    start, end = np.append(start, starts), np.append(end, ends)
    order = np.lexsort((start, row))
    return Steps(row[order], ready[order], start[order], end[order])


def _with_unserved(steps: Steps, loop: LoopRecorder, place: NDArray[np.int64], began: float, wall: float) -> Steps:
    """The steps, and one without length at the very end for every task that was still waiting for its turn then."""
    left = [(place[row], since - began) for row, since in loop.unserved.items() if place[row] >= 0]
    if not left:
        return steps
    row, since = (np.array(column) for column in zip(*left, strict=True))
    at_end = np.full(len(left), wall)
    order = np.argsort(np.concatenate([steps.row, row]), kind="stable")
    return Steps(
        np.concatenate([steps.row, row])[order],
        np.concatenate([steps.ready, np.clip(since, 0.0, wall)])[order],
        np.concatenate([steps.start, at_end])[order],
        np.concatenate([steps.end, at_end])[order],
    )


def _shown_name(name: str, row: TaskRow, asked_for: str | None) -> str:
    """The name that the learner gave the task; that of its function where it has one of asyncio's or of a library's."""
    if not name or DEFAULT_NAME.fullmatch(name):  # a task that nobody kept is gone before it is asked
        # `gather(session.get(a), session.get(b))` makes tasks of coroutines that are aiohttp's own.
        return row.coroutine if is_learners(row.code) else asked_for or row.coroutine
    # anyio calls a task by its function's module and all that is around it; by the module alone what is no function.
    alone = name in ("__main__", "functools") or getattr(sys.modules.get(name), "__file__", "") == row.code
    inner = ".<locals>." in name or name.endswith(".<lambda>")
    return row.coroutine if alone or inner or name.endswith(f".{row.coroutine}") else name


def _opener_name(filename: str) -> str:
    """IPython runs a cell's code in a task of its own making; a script's task runs the script's own coroutine."""
    return "cell" if not is_learners(filename) else "Task-0"


def _end(ended: float | None, began: float, wall: float) -> float:
    return wall if ended is None else min(max(ended - began, 0.0), wall)


def _request_lines(requests: list[RequestRecord], whose: list[Span], began: float, wall: float) -> list[_Line]:
    """A row for every request: what the thread, or task, that made it did meanwhile.

    Of one that a thread makes which is not watched it is known only that it was waited for.
    """
    lines = []
    for request in requests:
        start, end = (min(max(moment, 0.0), wall) for moment in request.span(began))
        spans, parent = (cut(whose, start, end), 0) if request.in_own_thread else ([(WAITING, start, end)], OUTSIDE)
        became = what_became(request.error, request.status)
        lines.append(_Line(request.path, "request", spans, start, end, *became, parent=parent))
    return lines


def _others_lines(others: Iterable[dict[str, Any]], wall: float) -> list[_Line]:
    """A row for every request that only the server saw: all that is known is that it was waited for."""
    lines = []
    for row in others:
        start, end = (min(max(row[moment], 0.0), wall) for moment in ("start", "end"))
        became = what_became(row["error"], row["status"])
        lines.append(_Line(row["path"], "request", [(WAITING, start, end)], start, end, *became))
    return lines


def _thread_lines(rows: Sequence[ThreadRow], places: dict[int, int], began: float, wall: float) -> list[_Line]:
    return [
        _Line(
            row.name,
            row.kind,
            thread_spans_of(row, began, wall),
            _end(row.queued, began, wall),
            _end(row.end, began, wall),
            row.outcome,
            row.error,
            places.get(row.parent, OUTSIDE),
            row.cpu,
            library=row.kind == "job" and row.library,
        )
        for row in rows
    ]


def _number(lines: list[_Line]) -> None:
    """Tell rows of one name apart by a number."""
    total, sofar = Counter(line.name for line in lines), Counter[str]()
    for line in lines:
        sofar[line.name] += 1
        if total[line.name] > 1:
            line.name = f"{line.name} #{sofar[line.name]}"


def _table(lines: list[_Line]) -> pandas.DataFrame:
    columns = ("name", "kind", "start", "end", "outcome", "error", "parent", "cpu", "library")
    table = pandas.DataFrame({name: list(map(attrgetter(name), lines)) for name in columns})
    table.insert(7, "steps", [0] * len(lines))
    return table


def _spans(lines: Iterable[_Line], first: int = 0) -> pandas.DataFrame:
    flat = [(number, *span) for number, line in enumerate(lines, start=first) for span in line.spans]
    table = pandas.DataFrame(flat, columns=["row", "state", "start", "end"])
    return table.astype({"row": np.int64, "state": np.int8, "start": np.float64, "end": np.float64})


def _blocks(
    loop: LoopRecorder, own: list[list[Interval]], place: NDArray[np.int64], began: float, wall: float, threshold: float
) -> tuple[Block, ...]:
    """The long steps' own parts, without what is the recording's or lay, but for a moment, outside the block."""
    blocks = []
    for step, parts in zip(loop.long_steps, own, strict=True):
        row = int(place[step.row])
        who = step.who or (loop.rows[step.row].coroutine if step.row >= 0 else "")
        for left, right in parts:
            start, end = max(left - began, 0.0), min(right - began, wall)
            if end - start < threshold or step.who == BlockProgress.beat.__qualname__:
                continue
            waiting = tuple(time - began for time in loop.replies if left <= time <= right)
            blocks.append(Block(row, start, end, who, step.line, step.place, waiting))
    return tuple(sorted(blocks, key=lambda block: block.start))


def _busy(loop: LoopRecorder, began: float, wall: float) -> NDArray[np.float64]:
    """When the loop was not waiting for the operating system: what its idle times leave."""
    idle = np.clip(np.asarray(loop.idle, dtype=np.float64) - began, 0.0, wall)
    edges = np.concatenate([[0.0], idle, [wall]]).reshape(-1, 2)
    if not loop.guard.on:  # from then on nothing is known of it
        edges = np.clip(edges, 0.0, loop.guard.off_since - began)
    return edges[edges[:, 1] > edges[:, 0]]


def _recorded(recording: Recording, began: float) -> float | None:
    """How long tasks and threads were recorded, in seconds; None where that was all the time."""
    guards = [recording.threads.guard, *([recording.loop.guard] if recording.loop is not None else [])]
    return min((max(guard.off_since - began, 0.0) for guard in guards if not guard.on), default=None)


def _notes(recording: Recording) -> list[str]:
    notes = [*recording.notes, *recording.threads.notes]
    if recording.loop is not None and recording.loop.full_since:
        notes.append(f"The recording stopped after {count(MOST_STEPS, 'step')}; what came later is not in the picture.")
    if hasattr(asyncio, "_nest_patched"):
        notes.append("nest-asyncio has patched asyncio in this kernel: steps may run inside other steps.")
    return notes
