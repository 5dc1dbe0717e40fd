"""Run a whole notebook in a fresh kernel and list everything that is wrong with it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

from cells import SEED, Cell, code_cells, once
from kernel_session import PATIENCE, SHUTDOWN_SECONDS, Execution, KernelDied, KernelSession, Message, Stalled
from shown import ANSI_COLOUR

# The style allows a cell 10 s. Six times that in every run of the cell is no noise of a busy machine any more.
CELL_SECONDS = 60.0
# What `expect(...)` prints when its block met none of the errors that it is there to show.
MET_NOTHING = re.compile(r"^No .+ this time\.$", re.MULTILINE)
TRACEBACK_LINES = 12
SETTLE_SECONDS = 0.5  # how long to listen on after the last cell


@dataclass(frozen=True)
class Fault:
    """One thing wrong: its kind, the cell (or where else it came from), and what was seen."""

    kind: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"[{self.kind}] {self.where}\n    " + self.text.strip().replace("\n", "\n    ")


@dataclass(frozen=True)
class Report:
    """What came of a notebook: every execution in the order sent, and every fault."""

    notebook: str
    order: str
    executions: Sequence[Execution]
    faults: Sequence[Fault]

    def __str__(self) -> str:
        head = f"{self.notebook}, {self.order} (seed {SEED}): {len(self.faults)} faults"
        cells = [f"  {e.status:5} {e.seconds:6.2f} s  {e.cell}" for e in self.executions if e.status != "aborted"]
        return "\n".join([head, *map(str, self.faults), "cells that were run:", *cells])


def run_notebook(
    notebook: Path,
    order: Callable[[Sequence[Cell]], list[Cell]] = once,
    patience: float = PATIENCE,
    asked: Mapping[int, Sequence[str]] | None = None,
    shutdown_seconds: float = SHUTDOWN_SECONDS,
    between: Callable[[KernelSession, Sequence[Execution]], None] | None = None,
) -> Report:
    """Run all code cells of `notebook` in `order`, all queued at once, and report the faults.

    `patience`: seconds without a cell beginning or ending after which the kernel is taken to hang. `asked`: what to
    judge when the cell at that position has run, as in `KernelSession.run`. `shutdown_seconds`: in which the kernel
    and its processes must have ended. `between`: called with the executions so far when every cell has run once, before
    the others of `order` are queued; what it runs is not reported.
    """
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as scratch,
        KernelSession(notebook.parent, Path(scratch), patience, shutdown_seconds) as kernel,
    ):
        faults = []
        executions: list[Execution] = []
        cells = order(code_cells(notebook))
        first = len(code_cells(notebook)) if between else len(cells)
        try:
            executions += kernel.run(cells[:first], asked)
            if between:
                between(kernel, tuple(executions))
                executions += kernel.run(cells[first:]) if cells[first:] else []
            kernel.settle(SETTLE_SECONDS)
            for kind, text in kernel.leftovers():
                faults.append(Fault(kind_of_text(text, kind), "after the last cell", text))
            faults += [Fault(kind, "after shutdown", text) for kind, text in kernel.shut_down()]
        except (Stalled, KernelDied) as problem:
            executions += [execution for execution in kernel.last_run if all(execution is not e for e in executions)]
            faults.append(_what_stopped(executions, problem))
        kernel.kill()
        for execution in executions:
            faults += faults_of(execution)
        faults += slow_cells(executions)
        if not_run := [execution for execution in executions if execution.status in ("aborted", "lost")]:
            text = f"this cell was {not_run[0].status}, and {len(not_run) - 1} after it were not run"
            faults.append(Fault("not run", str(not_run[0].cell), text))
        for message in kernel.stray:
            text = _text_of(message["msg_type"], message["content"])
            faults.append(Fault(kind_of_text(text, "output without a cell"), "no cell", text))
        if kernel.process_stderr():
            text = kernel.process_stderr()
            faults.append(Fault(kind_of_text(text, "stderr"), "the kernel's process", text))
    return Report(notebook.name, order.__name__, executions, faults)


def kind_of_text(text: str, otherwise: str) -> str:
    """Return the kind of fault that a warning's or a log line's wording tells, or else `otherwise`."""
    for kind in ("never awaited", "never retrieved"):
        if kind in text:
            return kind
    return "unclosed" if "unclosed" in text.lower() else otherwise


def _what_stopped(executions: Sequence[Execution], problem: Exception) -> Fault:
    if isinstance(problem, KernelDied):
        kind = "kernel died"
    elif any(execution.started and not execution.over for execution in executions):
        kind = "hang"
    else:
        kind = "lost"  # the kernel is idle and has forgotten the cells that it was sent
    waiting = [str(execution.cell) for execution in executions if not execution.over]
    return Fault(kind, waiting[0] if waiting else "after the last cell", str(problem))


def faults_of(execution: Execution) -> list[Fault]:
    """Return what is wrong with one run of a cell, by its outputs."""
    cell = execution.cell
    faults = []
    printed = "".join(_text_of(kind, content) for kind, content in execution.outputs if kind == "stream")
    if execution.status == "ok" and bool(MET_NOTHING.search(printed)) is not cell.meets_nothing:
        faults.append(Fault("met something" if cell.meets_nothing else "met nothing", str(cell), printed))
    for kind, content in execution.outputs:
        text = _text_of(kind, content)
        if kind == "error" and not cell.may_fail:
            faults.append(Fault("error", str(cell), text))
        elif kind == "stream" and content["name"] == "stderr":
            faults.append(Fault(kind_of_text(text, "stderr"), str(cell), text))
    return faults


def slow_cells(executions: Sequence[Execution]) -> list[Fault]:
    """Return a fault for each cell that took too long by the quickest of its runs: noise only ever makes one longer."""
    quickest: dict[Cell, float] = {}
    for execution in executions:
        if execution.status in ("ok", "error"):
            quickest[execution.cell] = min(execution.seconds, quickest.get(execution.cell, inf))
    return [
        Fault("slow", str(cell), f"{seconds:.1f} s at best; a cell may take 10 s")
        for cell, seconds in quickest.items()
        if seconds > CELL_SECONDS
    ]


def _text_of(kind: str, content: Message) -> str:
    if kind == "stream":
        return str(content["text"])
    if kind == "error":
        lines = ANSI_COLOUR.sub("", "\n".join(content["traceback"])).splitlines()
        return "\n".join([*lines[-TRACEBACK_LINES:], f"{content['ename']}: {content['evalue']}"])
    return str(content.get("data"))
