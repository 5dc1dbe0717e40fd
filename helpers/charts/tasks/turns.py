"""For how long a task, job or thread was without a turn: the stretch between two of its steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.charts.inputs.activity import RUNNING, Activity


@dataclass(frozen=True)
class WithoutTurn:
    """A stretch in which a row did not run: it waited, or was ready and stuck. Seconds since the block opened."""

    row: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def rows_called(activity: Activity, name: str) -> NDArray[np.intp]:
    """The rows of that name; a chart numbers those of one name, as in ``"fetch #2"``, and each counts."""
    names = activity.rows["name"].tolist() if name else []
    return np.array([row for row, its in enumerate(names) if name in (its, _unnumbered(its))], dtype=np.intp)


def names_of(activity: Activity) -> list[str]:
    """What its rows can be called, without their numbers."""
    return list(dict.fromkeys(map(_unnumbered, activity.rows["name"].tolist())))


def _unnumbered(name: str) -> str:
    return name.partition(" #")[0]


def longest_without_turn(activity: Activity, name: str) -> WithoutTurn | None:
    """The longest such stretch of all rows of that name, from a row's start to its end; None where there is no row."""
    spans = activity.spans
    row, ran = spans["row"].to_numpy(int), spans["state"].to_numpy(int) >= RUNNING
    start, end = spans["start"].to_numpy(float), spans["end"].to_numpy(float)
    found: WithoutTurn | None = None
    for number in rows_called(activity, name).tolist():
        steps = (row == number) & ran
        life = activity.rows.iloc[number]
        since, until = np.append(life["start"], end[steps]), np.append(start[steps], life["end"])
        at = int(np.argmax(until - since))
        if found is None or until[at] - since[at] > found.seconds:
            found = WithoutTurn(number, float(since[at]), float(until[at]))
    return found
