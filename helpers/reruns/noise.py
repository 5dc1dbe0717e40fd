"""How far runs of the same code lie apart: this machine's noise floor."""

from typing import TYPE_CHECKING

from helpers import archive
from helpers.reruns.comparable import in_common, left_out, sort_out
from helpers.reruns.compare import NAMES, group_of, runs_under

if TYPE_CHECKING:
    from helpers.charts import Chart


def noise(label: str) -> "Chart":
    """Compare the runs under a label with each other, ``noise("one by one")``: same code, so what differs is noise.

    The chart has every run of the label's newest code as a dot and, of all pairs of them, how many differ by how much.
    Raises TypeError or ValueError for a label that no run has.
    """
    from helpers.charts.runs.pairs import noise

    runs = sort_out({label: runs_under(label)})
    remarks = [left_out(runs.values()), archive.take_notice()]
    return noise(group_of(label, runs[label]), in_common(runs.values()), NAMES["wall"], " ".join(filter(None, remarks)))
