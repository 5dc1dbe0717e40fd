"""Put together what the recorders saw: who did what when in one measured block."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas
from numpy.typing import NDArray

from helpers.charts.inputs.activity import OUTSIDE, Activity, Block, Pause
from helpers.code.origin import is_bystander, is_learners
from helpers.page.words import count
from helpers.recorders.http.request_record import RequestRecord
from helpers.recorders.loop.recorder import MOST_STEPS, LoopRecorder
from helpers.recorders.loop.self_test import self_test
from helpers.recorders.threads.recorder import ThreadRow
from helpers.runs.block_progress import BlockProgress
from helpers.runs.recording import Recording
from helpers.runs.task_spans import Steps, spans_of, steps_of
from helpers.runs.thread_spans import Span, cut
from helpers.runs.thread_spans import spans_of as thread_spans_of

DEFAULT_NAME = re.compile(r"Task-\d+")
"""What asyncio calls a task that nobody has named."""


@dataclass
class _Line:
    """One row of the picture."""

    name: str
    kind: str
    spans: list[Span]
    start: float
    end: float
    outcome: str = "ok"
    error: str = ""
    parent: int = OUTSIDE
    cpu: float = float("nan")


def activity_of(recording: Recording, began: float, wall: float) -> Activity:
    """Make the picture of a block that opened at ``began`` (``time.perf_counter()``) and took ``wall`` seconds.

    Where the loop had a turn, the rows are its tasks and the jobs that they gave to threads. Where it had none, or
    there is no loop, they are the jobs and threads; or, for plain code, the thread and under it its requests.
    """
    if recording.loop is not None and recording.loop.gave_way:
        return _of_loop(recording, recording.loop, began, wall)
    return _of_threads(recording, began, wall)


def _of_threads(recording: Recording, began: float, wall: float) -> Activity:
    threads = recording.threads
    main = thread_spans_of(threads.main, began, wall)
    lines = [_Line("cell", "thread", main, 0.0, wall, cpu=threads.main.cpu)]
    lines += _thread_lines(threads.rows, {}, began, wall)
    model = "threads" if threads.rows else "blocking"
    if not threads.rows:
        lines += _request_lines(recording.requests, main, began, wall)
    _number(lines)
    return Activity(
        model=model,
        rows=_table(lines),
        spans=_spans(lines),
        wall=wall,
        threshold=recording.threshold,
        cost=threads.calls * threads.cost_per_call,
        events=threads.calls,
        notes=tuple(_notes(recording)),
        recorded=_recorded(recording, began),
    )


def _of_loop(recording: Recording, loop: LoopRecorder, began: float, wall: float) -> Activity:
    threads = recording.threads
    every = steps_of(loop, began, wall)
    shown = [number for number, row in enumerate(loop.rows) if not row.library]
    place = np.full(len(loop.rows) + 1, OUTSIDE)  # the last one is for OUTSIDE itself
    place[shown] = np.arange(len(shown))
    mine = place[every.row] >= 0
    steps = Steps(place[every.row[mine]], every.ready[mine], every.start[mine], every.end[mine])
    born = np.clip(np.array([loop.rows[number].born - began for number in shown]), 0.0, wall)
    ended = np.array([_end(loop.rows[number].ended, began, wall) for number in shown])
    spans = spans_of(_with_unserved(steps, loop, place, began, wall), born, ended, recording.threshold)

    asked_for = {request.row: request.path for request in reversed(recording.requests)}
    lines = []
    for number, start, end in zip(shown, born, ended, strict=True):
        row = loop.rows[number]
        name = _opener_name(row.code) if number == 0 else row.name
        if DEFAULT_NAME.fullmatch(name):
            # `gather(session.get(a), session.get(b))` makes tasks of coroutines that are aiohttp's own.
            name = row.coroutine if is_learners(row.code) else asked_for.get(number, row.coroutine)
        lines.append(_Line(name, "task", [], start, end, row.outcome, row.error, int(place[row.parent])))
        if number == 0 or (row.outcome == "pending" and is_bystander(row.code)):
            # The block is over, and with it what the picture shows of its own task, and of a bystander.
            lines[-1].outcome = "ok"
    tasks = len(lines)
    own = [request for request in recording.requests if request.row == 0]
    if len(own) > 1:
        first = spans[spans["row"] == 0]
        opener = list(zip(first["state"], first["start"], first["end"], strict=True))
        lines += _request_lines(own, opener, began, wall)
    lines += _thread_lines(threads.rows, dict(enumerate(place.tolist())), began, wall)
    _number(lines)
    table = _table(lines)
    table["steps"] = np.bincount(steps.row, minlength=len(lines))[: len(lines)]
    more = _spans(lines[tasks:], first=tasks)
    return Activity(
        model="loop",
        rows=table,
        spans=pandas.concat([spans, more], ignore_index=True) if len(more) else spans,
        wall=wall,
        blocks=_blocks(loop, place, began, wall, recording.threshold),
        pauses=tuple(
            Pause(start - began, end - began, generation)
            for start, end, generation in loop.pauses
            if start - began < wall
        ),
        busy=_busy(loop, began, wall),
        threshold=recording.threshold,
        lag=loop.lag,
        hidden=len(loop.rows) - len(shown),
        cost=loop.handles * self_test().cost + threads.calls * threads.cost_per_call,
        events=len(every.row) + threads.calls,
        notes=tuple(_notes(recording)),
        recorded=_recorded(recording, began),
    )


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


def _opener_name(filename: str) -> str:
    """IPython runs a cell's code in a task of its own making; a script's task runs the script's own coroutine."""
    return "cell" if not is_learners(filename) else "Task-0"


def _end(ended: float | None, began: float, wall: float) -> float:
    return wall if ended is None else min(max(ended - began, 0.0), wall)


def _request_lines(requests: list[RequestRecord], whose: list[Span], began: float, wall: float) -> list[_Line]:
    """A row for every request: what the thread, or task, that made it did meanwhile."""
    lines = []
    for request in requests:
        start, end = (min(max(moment, 0.0), wall) for moment in request.span(began))
        outcome = "error" if request.error else "ok"
        lines.append(
            _Line(request.path, "request", cut(whose, start, end), start, end, outcome, request.error, parent=0)
        )
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
    columns = ("name", "kind", "start", "end", "outcome", "error", "parent", "cpu")
    table = pandas.DataFrame({name: [getattr(line, name) for line in lines] for name in columns})
    table.insert(7, "steps", [0] * len(lines))
    return table


def _spans(lines: Iterable[_Line], first: int = 0) -> pandas.DataFrame:
    flat = [(number, *span) for number, line in enumerate(lines, start=first) for span in line.spans]
    table = pandas.DataFrame(flat, columns=["row", "state", "start", "end"])
    return table.astype({"row": np.int64, "state": np.int8, "start": np.float64, "end": np.float64})


def _blocks(
    loop: LoopRecorder, place: NDArray[np.int64], began: float, wall: float, threshold: float
) -> tuple[Block, ...]:
    """The long steps, without what is the recording's own or lay, but for a moment, outside the block."""
    blocks = []
    for step in loop.long_steps:
        start, end = max(step.start - began, 0.0), min(step.end - began, wall)
        if end - start < threshold or step.who == BlockProgress.beat.__qualname__:
            continue
        row = int(place[step.row])
        who = step.who or (loop.rows[step.row].coroutine if step.row >= 0 else "")
        waiting = tuple(time - began for time in loop.replies if step.start <= time <= step.end)
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
