"""Charts that show several runs at once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from helpers.page.checked import check_flag, check_text
from helpers.runs.run import About, Run, View

if TYPE_CHECKING:
    from helpers.charts import Chart


def side_by_side(*runs: Run, view: View = "tasks", about: str = "", same_job: bool = False) -> "Chart":
    """Draw the timelines of two to six runs on one time axis, so that their lengths can be compared by eye.

    Args:
        runs: two to six of them.
        view: ``"tasks"`` or ``"requests"``, as for `Run.timeline`.
        about: what the chart is to be about. The name of a row, such as ``"bystander"``: the longest time for which it
            got no turn is marked in each run, and is the title. With ``view="requests"`` a path, such as ``"/ping"``:
            the request for it that took longest is.
        same_job: whether all runs did the same, although their requests differ, such as in their paths. Then their
            lengths are compared in words as well.

    Raises:
        TypeError: something is not a Run, or ``about`` or ``same_job`` is of another type.
        ValueError: fewer than two runs or more than six, another view, or ``about`` names nothing that is there.
    """
    from helpers.charts import side_by_side as draw

    if about != "":
        about = check_text("about", about, "bystander")
    panels = [run.panel() for run in _checked(runs, least=2)]
    return draw(panels, view, about, check_flag("same_job", same_job)).add_note(_changes(runs))


def latency(*runs: Run, about: About = "median") -> "Chart":
    """Draw the distribution of the requests' latency (ECDF) of one to six runs into one chart.

    ``about`` is what the title tells, ``"median"`` or ``"mean"``, as for `Run.latency`.
    Raises TypeError for anything that is not a Run, ValueError for none or more than six, or another ``about``.
    """
    from helpers.charts import latency as draw

    return draw([run.panel() for run in _checked(runs, least=1)], about).add_note(_changes(runs))


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
