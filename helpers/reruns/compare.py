"""Whether runs of two kinds, or more, differ: every run as a dot, and the verdict."""

import difflib
from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from helpers import archive
from helpers.archive import StoredRun
from helpers.page.checked import whole_characters
from helpers.page.words import count, one_line
from helpers.reruns.comparable import Sorted, in_common, left_out, newest, not_in_turns, sort_out, what_differs

if TYPE_CHECKING:
    from helpers.charts import Chart
    from helpers.charts.runs.comparison import Group

Of = Literal["wall", "latency"]


@runtime_checkable
class MeasuredRun(Protocol):
    """A run that was measured, as far as a comparison needs it: `helpers.runs.Run`, a floor above this one."""

    label: str
    stored: StoredRun | None
    trouble: str


NAMES: dict[Of, str] = {"wall": "wall time of a run", "latency": "median latency of a run's requests"}
MOST = 12


def compare(*runs: str | MeasuredRun, of: Of = "wall") -> "Chart":
    """Compare the runs in the history under two labels or more: ``compare("one by one", "all at once")``.

    A measured run stands for all runs of its code under its label, so that ``compare(before, after)`` compares two
    versions of one experiment.

    The chart has every run as a dot, the medians, and the ratio of each label's median to that of the first one with
    its interval. Only runs of like kind count: of each label's newest code, under the conditions (Python, machine,
    seed) of the newest of them all. The others are drawn pale.

    With one label alone, the newest code under it is compared with the code before.

    Args:
        runs: labels as given to `measure`, or measured runs; one to twelve.
        of: what is compared, one number for each run: its ``"wall"`` time, or the median ``"latency"`` of its requests,
            in which a failed request counts as never answered.

    Raises TypeError or ValueError for a label that no run has, a run that is not in the history, or another ``of``.
    """
    if of not in NAMES:
        raise ValueError(f"of is 'wall' or 'latency', not {of!r}")
    if not 1 <= len(runs) <= MOST:
        raise ValueError(f"compare takes 1 to {MOST} labels or runs, and was given {len(runs)}")
    if len(runs) == 1:
        label = _label(runs[0])
        return compare_groups(_before_and_now(label, runs_under(label)), of=of)
    groups: dict[str, list[StoredRun]] = {}
    for run in runs:
        label, found = _label(run), _meant(run)
        if found in groups.values():
            raise ValueError(f"the runs under {label!r} are there twice; with one label its newest code is compared")
        groups[label if label not in groups else f"{label} #{len(groups) + 1}"] = found
    return compare_groups(groups, of=of)


def compare_groups(groups: Mapping[str, Sequence[StoredRun]], of: Of = "wall") -> "Chart":
    """The chart of `compare` for runs that are at hand, by name; those of each name oldest first."""
    from helpers.charts.runs.comparison import strip

    sorted_out = sort_out(groups)
    drawn = [group_of(name, runs, of) for name, runs in sorted_out.items()]
    silent = sum(len(runs) for runs in groups.values()) - sum(len(group.dots) for group in drawn)
    numbers = [[run.number for run in runs.counted] for runs in sorted_out.values()]
    remarks = [left_out(sorted_out.values()), _without(silent), not_in_turns(numbers)]
    remarks.append(archive.take_notice())
    return strip(drawn, in_common(sorted_out.values()), NAMES[of], " ".join(filter(None, remarks)))


def group_of(name: str, runs: Sorted, of: Of = "wall") -> "Group":
    """These runs as a chart draws them. A run without a value, such as a median latency, is left out."""
    from helpers.charts.runs.comparison import Dot, Group

    values = [run.wall if of == "wall" else _median_latency(run) for run in runs.runs]
    return Group(
        one_line(name),
        [Dot(value, kind) for value, kind in zip(values, runs.kinds, strict=True) if 0 < value < inf],
    )


def _label(run: object) -> str:
    if isinstance(run, str):
        return run
    if isinstance(run, MeasuredRun):
        return run.label
    raise TypeError(f"compare takes labels such as 'one by one', or measured runs, not {run!r}")


def _meant(run: str | MeasuredRun) -> list[StoredRun]:
    """The runs that a label stands for, or those of the same code that a run stands for."""
    if isinstance(run, str):
        return runs_under(run)
    if run.stored is None:
        raise ValueError(f"{run!r} is not in the history: {run.trouble or 'its block is still open'}")
    code = run.stored.configuration
    return [stored for stored in runs_under(run.label) if stored.configuration == code]


def runs_under(label: str) -> list[StoredRun]:
    """Everyone's runs under a label, oldest first. Raises TypeError or ValueError where there are none."""
    if not isinstance(label, str):
        raise TypeError(f"a label is a text such as 'one by one', not {label!r}")
    runs = archive.runs_of(whole_characters(label), who=None)
    if not runs:
        labels = archive.labels()
        near = difflib.get_close_matches(label, labels, n=3) or labels[-5:]
        known = f"there are {', '.join(map(repr, near))}" if near else "the history is still empty"
        raise ValueError(f"the history has no run under {label!r}; {known}")
    return runs


def _before_and_now(label: str, runs: list[StoredRun]) -> dict[str, list[StoredRun]]:
    """The runs of the newest code under a label, and those of the code before."""
    now = newest(runs)
    alike = [run for run in runs if not what_differs(run, now)]
    earlier = [run for run in alike if run.configuration != now.configuration]
    if not earlier:
        raise ValueError(
            f"all runs under {label!r} are of the same code, so there is nothing to compare; "
            f"noise({label!r}) shows how far they lie apart"
        )
    before = earlier[-1]
    return {
        f"{label}, {when}": [run for run in alike if run.configuration == one.configuration]
        for when, one in (("before", before), ("now", now))
    }


def _median_latency(run: StoredRun) -> float:
    table = archive.requests_of(run.number)
    if not len(table):
        return inf
    return float(table["latency"].where(table["ok"].astype(bool), inf).median())


def _without(number: int) -> str:
    """What to say of runs that have no value to be drawn at."""
    if not number:
        return ""
    return f"{count(number, 'run')} without a median latency: no requests, or half of them without a good answer."
