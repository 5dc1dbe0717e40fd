"""Whether what a run says of its block is what the servers saw. Each judge returns its complaints, a line each."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas
from blocks import Truth
from logs import Seen
from program import Program
from scipy.optimize import linear_sum_assignment

from helpers.recorders.http.request_record import PHASES, UNFINISHED
from helpers.runs import Run

ROUNDING = 1e-6
"""Seconds: all clocks here are one, but a time is told as a difference of two."""
ANY = "*"
NEVER = 1_000_000


class Said(NamedTuple):
    """A row of `run.requests`, with its times as ``time.perf_counter()`` has them."""

    server: str
    method: str
    target: str
    start: float
    end: float
    status: int | None
    error: str
    library: str
    connection: str
    bytes: int


Pair = tuple[Said, Seen]


def judge(program: Program, run: Run, truth: Truth, base: str) -> list[str]:
    """Everything that is wrong, but for the words. ``base`` is the practice API's address."""
    said = rows_of(run, base)
    pairs, lost = matched(said, truth.rows, program)
    return [
        *_planned(program, truth),
        *_each_request_has_its_row(program, said, truth, pairs, lost),
        *_connections(program, truth, pairs),
        *_bytes(program, pairs),
        *_counts(run, truth),
        *_errors(program, run, said),
        *_times(run),
        *_who(program, run),
        *_end(program, run),
    ]


def rows_of(run: Run, base: str) -> list[Said]:
    """The rows of `run.requests`."""
    return [_said(row, run.began, base) for row in run.requests.to_dict("records")]


def _said(row: dict[str, Any], began: float, base: str) -> Said:
    url, by_server = urlsplit(row["url"]), row["library"] == "server"
    where = url.netloc.rpartition("@")[2].replace("localhost", "127.0.0.1")
    here = by_server or where == urlsplit(base).netloc
    return Said(
        "practice API" if here else "own server", row["method"],
        (url.path or "/") + (f"?{url.query}" if url.query else ""),
        began + row["start"], began + row["end"],
        None if pandas.isna(row["status"]) else int(row["status"]),
        row["error"], row["library"], row["connection"], row["bytes"],
    )  # fmt: skip


def matched(said: list[Said], told: list[Seen], program: Program) -> tuple[list[Pair], list[Said]]:
    """Each row of the run with the request of a log that it stands for; and the rows that stand for none.

    Which is which is found by what was asked for, by the status and by the time: at the server a request begins after
    it has begun at the client, and ends before.
    """
    if not said or not told:
        return [], said
    # Of two rows that may both be it, it is the one that was answered, or at least had a connection.
    doubts = [(row.status is None) + (row.connection == "") for row in said]
    costs = np.array(
        [
            [doubt if _may_be(row, seen, program) else NEVER for seen in told]
            for row, doubt in zip(said, doubts, strict=True)
        ]
    )
    pairs = [
        (said[at], told[of]) for at, of in zip(*linear_sum_assignment(costs), strict=True) if costs[at, of] < NEVER
    ]
    placed = {id(row) for row, _ in pairs}
    return pairs, [row for row in said if id(row) not in placed]


def _may_be(said: Said, seen: Seen, program: Program) -> bool:
    if (said.server, said.method, said.target) != (seen.server, seen.method, seen.target):
        return False
    if said.start > seen.arrival + ROUNDING or not _statuses_fit(said, seen, program):
        return False
    # Of an answer to HEAD all may be there before the server has written down that it has ended.
    whole = not said.error and not program.unread and said.method != "HEAD"
    return not whole or seen.end is None or seen.end <= said.end + ROUNDING


def _statuses_fit(said: Said, seen: Seen, program: Program) -> bool:
    if said.status is None:  # no answer has come, whatever the server sent
        return said.error != ""
    if seen.status is None:  # the client left in the middle of the answer
        return said.error != "" or program.unread
    return said.status == seen.status


def _planned(program: Program, truth: Truth) -> Iterator[str]:
    """The program itself does what it is here for."""
    if program.requests is not None and len(truth.rows) != program.requests:
        yield f"the program makes {program.requests} requests, the servers have seen {_listed(truth.rows)}"
    if program.peak is not None and truth.total["peak"] != program.peak:
        yield f"the program has {program.peak} in flight, the server has seen {truth.total['peak']}"


def _each_request_has_its_row(
    program: Program, said: list[Said], truth: Truth, pairs: list[Pair], lost: list[Said]
) -> Iterator[str]:
    told = Counter(truth.rows) - Counter(seen for _, seen in pairs)
    unplaced = len(lost) - program.lost - program.elsewhere
    if told or not 0 <= unplaced <= program.perhaps_lost:
        yield (
            f"run.requests has {len(said)} rows, the servers' logs {len(truth.rows)}, and {program.lost} arrived "
            f"nowhere, {program.elsewhere} elsewhere; without a row: {_listed(list(told))}; "
            f"rows that the servers know nothing of: {_listed(lost)}"
        )
    answered = [row for row in lost if row.status is not None or row.library == "server"]
    if len(answered) > program.elsewhere:
        yield f"answered, though they arrived nowhere: {_listed(answered)}"
    libraries = {row.library for row in said}
    if libraries != set(program.libraries.split()):
        yield f"run.requests tells of {sorted(libraries)}, the program uses {program.libraries or 'none'}"


def _connections(program: Program, truth: Truth, pairs: list[Pair]) -> Iterator[str]:
    if truth.beside:  # then the server's count is not of the block's alone
        return
    new = sum(said.connection == "new" for said, seen in pairs if seen.server == "practice API")
    if new != truth.total["connections"]:
        yield f"{new} rows have a new connection, the server counts {truth.total['connections']}"
    odd = [said for said, _ in pairs if said.connection not in ("new", "reused")]
    if odd:
        yield f"without a connection, though they arrived: {_listed(odd)}"


def _bytes(program: Program, pairs: list[Pair]) -> Iterator[str]:
    for said, _ in pairs:
        size = _size_of(said)
        if size is not None and not program.unread and said.library != "server" and said.bytes != size:
            yield f"{said.bytes} bytes instead of {size}: {said}"


def _size_of(said: Said) -> int | None:
    """How many bytes of a body come; None where the request does not tell."""
    url = urlsplit(said.target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    if said.status != 200 or said.error in (UNFINISHED, "CancelledError", "TimeoutError"):
        return None
    if said.method == "HEAD":
        return 0
    if url.path == "/cut":
        return int(query.get("at", "4000")) if said.error else None
    if said.error:
        return None
    return int(url.path.removeprefix("/bytes/")) if url.path.startswith("/bytes/") else None


def _counts(run: Run, truth: Truth) -> Iterator[str]:
    """The server's own counts are handed on as they are.

    That it has never more in flight than the rows overlap is known from each request lying inside its row.
    """
    if run.server is None:
        yield "the run knows nothing of the server"
    elif not truth.beside:
        told = {name: getattr(run.server, name) for name in ("requests", "peak", "connections")}
        right = {name: truth.total[name] for name in told}
        if told != right:
            yield f"the run has the server's {told}, the server says {right}"


def _errors(program: Program, run: Run, said: list[Said]) -> Iterator[str]:
    errors, expected = Counter(row.error for row in said if row.error), Counter(program.errors)
    odd, missing = errors - expected, expected - errors
    given_up = program.perhaps_lost
    if odd.total() != missing[ANY] or missing.total() - missing[ANY] > given_up:
        yield f"the errors are {dict(errors)}, the program's are {program.errors}"
    ended = run.began + run.wall
    for row in said:
        if row.error == UNFINISHED and abs(row.end - ended) > ROUNDING:
            yield f"not unfinished: it ended {ended - row.end:.6f} s before the block: {row}"


def _times(run: Run) -> Iterator[str]:
    table = run.requests
    wrong = table[(table["start"] < -ROUNDING) | (table["end"] < table["start"] - ROUNDING)]
    after = table[(table["end"] > run.wall + ROUNDING) & (table["library"] != "server")]
    phases = table[list(PHASES)]
    uneven = table[((phases.sum(axis=1) - table["latency"]).abs() > ROUNDING) | (phases < 0).any(axis=1)]
    for name, rows in (("not in the block", wrong), ("ends after the block", after), ("phases do not add up", uneven)):
        if len(rows):
            yield f"{name}: {rows.to_dict('records')}"


def _who(program: Program, run: Run) -> Iterator[str]:
    tasks = run.tasks[1:]  # but for the block's own
    kinds = Counter(tasks["kind"][~tasks["library"]])
    for kind, many in (("task", program.tasks), ("job", program.jobs), ("thread", program.threads)):
        if many is not None and kinds[kind] != many:
            yield f"run.tasks has {kinds[kind]} {kind}s, the program {many}: {list(tasks['name'])}"


def _end(program: Program, run: Run) -> Iterator[str]:
    if run.outcome != program.outcome:
        yield f"the block is said to have ended with {run.outcome!r}, not {program.outcome!r}"
    if run.faults or run.trouble:
        yield f"a recorder failed: {run.faults} {run.trouble}"


def _listed(rows: list[Any]) -> str:
    return f"{len(rows)} ({'; '.join(map(str, rows[:6]))}{' ...' if len(rows) > 6 else ''})" if rows else "none"
