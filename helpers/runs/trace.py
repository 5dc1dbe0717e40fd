"""Write a run as a trace that Perfetto and chrome://tracing open, for those who want to zoom.

The format is Chrome's "JSON Array/Object Format" of trace events, which Perfetto reads as well: times in microseconds,
``X`` for a slice with a duration, ``M`` for names, ``i`` for an instant.
See https://perfetto.dev/docs/getting-started/other-formats.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.charts.inputs.activity import STATES, WAITING, Activity
from helpers.code.masked_code import masked
from helpers.code.masking import masked_urls
from helpers.recorders.http.request_record import PHASES

if TYPE_CHECKING:
    import pandas

LOOP, TASKS, REQUESTS = 1, 2, 3
"""The groups of rows, which the format calls processes."""
Event = dict[str, Any]


def write(path: str | Path, label: str, activity: Activity, requests: "pandas.DataFrame") -> Path:
    """Write the trace of one run to ``path`` and return it.

    Raises ValueError where the name does not end in ``.json``, OSError where it cannot be written.
    """
    path = Path(path)
    if path.suffix != ".json":
        raise ValueError(f"a trace is a .json file, such as 'trace.json', not {path.name!r}")
    events = [*_loop(activity), *_tasks(activity), *_requests(requests)]
    path.write_text(json.dumps({"displayTimeUnit": "ms", "otherData": {"run": label}, "traceEvents": events}), "utf-8")
    return path


def _loop(activity: Activity) -> Iterator[Event]:
    if activity.busy is None:
        return
    yield _named(LOOP, "event loop")
    for start, end in activity.busy.tolist():
        yield _slice(LOOP, 0, "held", start, end)
    for pause in activity.pauses:
        yield _slice(LOOP, 1, f"garbage collection (gen {pause.generation})", pause.start, pause.end)


def _tasks(activity: Activity) -> Iterator[Event]:
    yield _named(TASKS, "tasks" if activity.model == "loop" else "threads and jobs")
    names = activity.rows["name"].tolist()
    for row, name in enumerate(names):
        yield _named(TASKS, name, row)
    lines = {(block.row, round(block.start, 6)): block for block in activity.blocks}
    for row, state, start, end in activity.spans[["row", "state", "start", "end"]].itertuples(index=False, name=None):
        # A slice for every wait would hide what happened under what did not.
        if state == WAITING:
            continue
        event = _slice(TASKS, row, STATES[state], start, end)
        block = lines.get((row, round(start, 6)))
        if block is not None:
            event["args"] = {"line": masked({"cell": block.line}, None)["cell"], "place": block.place}
        yield event


def _requests(requests: "pandas.DataFrame") -> Iterator[Event]:
    yield _named(REQUESTS, "requests")
    urls = masked_urls(requests["url"].tolist(), None)  # the file may be handed on
    for number, (request, url) in enumerate(zip(requests.to_dict("records"), urls, strict=True)):
        yield _named(REQUESTS, f"{request['method']} {request['path']}", number)
        time = request["start"]
        for phase in PHASES:
            if request[phase] > 0:
                event = _slice(REQUESTS, number, phase, time, time + request[phase])
                event["args"] = {"url": url, "error": request["error"]}
                yield event
            time += request[phase]


def _slice(group: int, row: int, name: str, start: float, end: float) -> Event:
    return {"ph": "X", "pid": group, "tid": row, "name": name, "ts": start * 1e6, "dur": (end - start) * 1e6}


def _named(group: int, name: str, row: int | None = None) -> Event:
    if row is None:
        return {"ph": "M", "pid": group, "name": "process_name", "args": {"name": name}}
    return {"ph": "M", "pid": group, "tid": row, "name": "thread_name", "args": {"name": name}}
