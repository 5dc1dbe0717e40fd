"""A learner's guesses, `measure(..., predict=)`, against what was then measured."""

from statistics import median
from typing import TYPE_CHECKING

from helpers import archive
from helpers.archive import StoredRun
from helpers.page.checked import LONGEST_GUESS

if TYPE_CHECKING:
    from helpers.charts import Chart

SHORTEST_GUESS = 1e-9
"""Seconds, a clock's own step: no chart need reach further."""


def predictions() -> "Chart":
    """Draw your guesses against your measurements, chapter by chapter.

    A guess is what `measure` was given with the first run of some code under a label; measured is the median of all
    runs of that code under it. A guess made once the time was known is none, nor one whose runs all failed; the chart
    says how many there are of these.
    """
    from helpers.charts.runs.guesses import Guess, guesses

    found, late, failed = [], 0, 0
    for runs in _by_code(archive.all_runs()):
        first = runs[0]
        walls = [run.wall for run in runs if run.outcome == "ok" and not run.warm_up]
        later = {run.predict for run in runs[1:]} - {None, first.predict}
        late += len(later)
        if first.predict is None:
            continue
        if walls:
            # An imported run, or one of an older version of the course, may have any number.
            guess = min(max(first.predict, SHORTEST_GUESS), LONGEST_GUESS)
            found.append(Guess(first.chapter, first.label, guess, median(walls)))
        else:
            failed += 1
    remarks = [
        _left_out(late, "made when the time was known"),
        _left_out(failed, "of runs that failed or were stopped"),
    ]
    return guesses(found, " ".join(filter(None, [*remarks, archive.take_notice()])))


def _by_code(runs: list[StoredRun]) -> list[list[StoredRun]]:
    """Your own runs, oldest first, those of the same code under the same label together."""
    together: dict[tuple[str, str], list[StoredRun]] = {}
    for run in runs:
        if not run.who:
            together.setdefault((run.label, run.configuration), []).append(run)
    return list(together.values())


def _left_out(number: int, which: str) -> str:
    if not number:
        return ""
    return f"Left out: {number} guess{'' if number == 1 else 'es'} {which}."
