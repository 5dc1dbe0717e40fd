"""What came of a notebook that was run for all the tests which read it: by order of its cells, and its knobs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cells import NOTEBOOKS, code_cells, once, then_shuffled
from kernel_runner import Report, run_notebook
from kernel_session import Execution, Judged, KernelSession
from knobs import Knob, Turned, all_knobs, turn_all
from shown import said
from signs import Sign, all_signs, asked_at

from helpers import archive

NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
TWO_DAYS = {"00_start_here.ipynb", "02_measuring_latency.ipynb"}
SIGNS = all_signs()
KNOBS = all_knobs()


@dataclass(frozen=True)
class Course:
    """What came of a notebook: a report for each order of its cells, its knobs, and what the history then held."""

    reports: Sequence[Report]
    turned: dict[Knob, Turned] = field(default_factory=dict)
    sessions: int = 0
    notice: str = ""

    def judged(self, sign: Sign) -> Judged | None:
        """Return what the first Run All said of a sign; None where the notebook did not get there."""
        found = [execution.judged.get(sign.true) for execution in self.reports[0].executions]
        return next(filter(None, found), None)


def run_course(notebook: Path) -> Course:
    """Run all of a notebook as often as its tests need it, and in between turn its knobs."""
    # The shuffled half finds the runs of the first. A kernel before this one costs half as much again, so only the
    # chapters that speak of earlier days have one.
    orders = [once, then_shuffled] if notebook.name in TWO_DAYS else [then_shuffled]
    signs = [sign for sign in SIGNS if sign.notebook == notebook.name]
    knobs = [knob for knob in KNOBS if knob.notebook == notebook.name and not knob.skip]
    turned: dict[Knob, Turned] = {}

    def turn_knobs(kernel: KernelSession, executions: Sequence[Execution]) -> None:
        turn_all(kernel, knobs, notebook, said(executions), turned)

    asked = asked_at(signs, code_cells(notebook))
    reports = [
        run_notebook(notebook, order, asked=asked, between=turn_knobs if order is then_shuffled else None)
        for order in orders
    ]
    return Course(reports, turned, len({run.session for run in archive.all_runs()}), archive.take_notice())
