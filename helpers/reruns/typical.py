"""What a block of the learner's usually takes, by the history."""

from statistics import median

from helpers.reruns.comparable import sort_out
from helpers.reruns.compare import runs_under


def typical(label: str) -> float:
    """Return the median wall time, in seconds, of the runs under a label: what it takes, by all that you have seen.

    As in `compare`, only runs of the newest code count, under the newest conditions; where all of those failed or were
    stopped, they count too. Raises TypeError or ValueError for a label that no run has.
    """
    runs = sort_out({label: runs_under(label)})[label]
    return median(run.wall for run in runs.counted or runs.runs)
