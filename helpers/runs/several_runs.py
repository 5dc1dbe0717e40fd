"""Charts that show several runs at once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from helpers.runs.run import Run, View

if TYPE_CHECKING:
    from helpers.charts import Chart


def side_by_side(*runs: Run, view: View = "tasks") -> "Chart":
    """Draw the timelines of two to six runs on one time axis, so that their lengths can be compared by eye.

    ``view`` is ``"tasks"`` or ``"requests"``, as for `Run.timeline`.
    Raises TypeError for anything that is not a Run, ValueError for fewer than two or more than six.
    """
    from helpers.charts import side_by_side as draw

    return draw([run.panel() for run in _checked(runs, least=2)], view).add_note(_changes(runs))


def latency(*runs: Run) -> "Chart":
    """Draw the distribution of the requests' latency (ECDF) of one to six runs into one chart.

    Raises TypeError for anything that is not a Run, ValueError for none or more than six.
    """
    from helpers.charts import latency as draw

    return draw([run.panel() for run in _checked(runs, least=1)]).add_note(_changes(runs))


def _changes(runs: Iterable[Run]) -> list[str]:
    """What was changed in a run since the last one, where no card says it."""
    from helpers.reruns.rerun import change_of

    told = {run.label: change_of(run.stored) for run in runs if run.stored is not None}
    return [f"{label}: {said[:1].lower()}{said[1:]}" for label, said in told.items() if said]


def _checked(runs: tuple[Run, ...], least: int) -> tuple[Run, ...]:
    for run in runs:
        if not isinstance(run, Run):
            raise TypeError(f"expected runs, the things that `with measure(...) as run` gives you, not {run!r}")
    if not least <= len(runs) <= 6:
        raise ValueError(f"between {least} and 6 runs fit into this chart, not {len(runs)}")
    return runs
