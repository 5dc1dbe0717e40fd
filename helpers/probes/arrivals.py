"""When the requests of runs began."""

from typing import TYPE_CHECKING

from helpers.page.checked import check_number
from helpers.runs.run import Run

if TYPE_CHECKING:
    from helpers.charts import Chart


class Arrivals:
    """How many requests began in each stretch of time. As the last line of a cell it shows its chart.

    Attributes:
        width: the length of a stretch, in seconds.
    """

    def __init__(self, runs: tuple[Run, ...], width: float) -> None:
        self.width = width
        self._runs = runs

    @property
    def peaks(self) -> list[int]:
        """For each run, the most requests that began in any stretch of that length; 0 where it made none."""
        from helpers.charts.requests.starts_over_time import fullest

        return [fullest(run.requests["start"].tolist(), self.width)[1] for run in self._runs]

    def chart(self) -> "Chart":
        """A histogram for each run, all on the same axes. Raises ValueError where a run made no requests.

        Where something was asked for again in every run, its title counts these further attempts.
        """
        from helpers.charts.requests.attempts import later_attempts
        from helpers.charts.requests.starts_over_time import Starts
        from helpers.charts.requests.starts_over_time import arrivals as draw

        starts = []
        for run in self._runs:
            began = run.requests["start"]
            starts.append(Starts(run.label, began.tolist(), began[later_attempts(run.requests)].tolist()))
        return draw(starts, self.width)

    def _repr_html_(self) -> str:
        return self.chart().html()

    def __repr__(self) -> str:
        return f"<arrivals: at most {', '.join(map(str, self.peaks))} in {self.width:g} s>"


def arrivals(*runs: Run, width: float = 0.05) -> Arrivals:
    """Count how many requests began in each stretch of time: ``arrivals(in_step, with_jitter)``.

    Args:
        runs: one to four measured runs, drawn in panels of their own with the same axes.
        width: the length of a stretch, in seconds.

    Raises TypeError for what is no run or no number, ValueError for no runs, more than four, or a width that
    is not above 0.
    """
    for run in runs:
        if not isinstance(run, Run):
            raise TypeError(f"arrivals takes measured runs, not {run!r}")
    if not 1 <= len(runs) <= 4:
        raise ValueError(f"arrivals takes 1 to 4 runs, and was given {len(runs)}")
    return Arrivals(runs, check_number("width", width, 0, unit="seconds", above=True))
