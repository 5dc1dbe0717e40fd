"""One measured run of a block of code, as a learner has it."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from helpers.page.words import in_ticks
from helpers.recorders.processor_time import STEP
from helpers.runs.results import Results

if TYPE_CHECKING:
    from helpers.charts import Chart

View = Literal["tasks", "requests"]
About = Literal["median", "mean"]


class Run(Results):
    """What one measured block left behind. `measure` makes it; a cell that ends with it shows its card and timeline.

    Attributes:
        label: the name given to `measure`.
        predict: the guess given to `measure`, in seconds, or None.
        when: local time at which the block was opened.
        began: the same moment on the clock of ``time.perf_counter()``, in seconds.
        wall: seconds the block took.
        cpu: seconds of processor time this process spent in it, all threads together but the recorder's own; on Windows
            in ticks of 15.6 ms.
        outcome: ``"open"``, ``"ok"``, ``"error: NameOfTheError"`` or ``"interrupted"``.
        server: the practice API's own counters (`Evidence`), or None where none was running.
        warm_up: whether it is shown in grey and not counted.
        stored: what the history keeps of it, with its number; None while the block is open, or where `trouble` says
            why it could not be kept.
        load: what became of the calls of `open_loop` or `closed_loop` (`helpers.runs.load_calls.Load`);
            None for others.
    """

    def timeline(self, view: View = "tasks") -> "Chart":
        """Draw the run as a matplotlib figure.

        ``"tasks"``: one row per task (or thread, or job of a pool): when it was waiting, ready, running or blocking,
        and under them when the loop was held. ``"requests"``: one row per request, its phases coloured, and how many
        were in flight. Raises ValueError for any other view.
        """
        from helpers.charts import timeline

        return timeline(self.panel(), view)

    def await_chains(self) -> "Chart":
        """Who waited for whom: each task's longest wait, and an arrow to those that it waited for, as a figure.

        Waits of 50 ms or more are looked at while they last; of the tasks without one it says how many there are.
        Where tasks wait for each other, a deadlock, that is marked, and is the title.
        """
        from helpers.charts.tasks.await_chains import await_chains

        return await_chains(self.panel())

    def to_trace(self, path: str | Path) -> Path:
        """Write the run to a ``.json`` file that ui.perfetto.dev opens (drag it there; it is not sent anywhere).

        Returns the path. Raises ValueError for another ending, OSError where the file cannot be written.
        """
        from helpers.runs.trace import write

        self._require_closed()
        return write(path, self.label, self._activity, self._table)

    def latency(self, about: About = "median") -> "Chart":
        """How long the requests took, as a cumulative distribution (ECDF). Returns a matplotlib figure.

        ``about``: what the title tells, ``"median"`` or ``"mean"``; the mean is drawn then as well.
        Raises ValueError for anything else.
        """
        from helpers.charts import latency

        return latency([self.panel()], about)

    def __repr__(self) -> str:
        if self.outcome == "open":
            return f"<Run {self.label!r}, open>"
        count = len(self._table)
        seen = f", at most {self.server.peak} in flight" if self.server and self.server.requests else ""
        end = "" if self.outcome == "ok" else f", {self.outcome}"
        left_out = "".join(f" {told}" for told in self._left_out)
        return (
            f"<Run {self.label!r}: {self.wall:.3g} s wall, {self.cpu:.3g} s CPU{in_ticks(STEP)}, "
            f"{count} request{'' if count == 1 else 's'}{seen}{end}{'.' if left_out else ''}{left_out}>"
        )

    def _repr_html_(self) -> str:
        from helpers.page.glossary import without_tags
        from helpers.runs.card import card

        if self.outcome == "open":
            return card(self)
        above = card(self)
        return above + self.timeline().html(beside=without_tags(above))
