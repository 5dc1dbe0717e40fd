"""Which runs may be compared with each other: same code, same conditions, gone well."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from helpers.archive import Conditions, StoredRun
from helpers.page.words import count, listing

if TYPE_CHECKING:
    from helpers.charts.runs.comparison import Kind

MOST_SEEDS = 4
"""More seeds than this are not listed."""


@dataclass(frozen=True)
class Sorted:
    """The runs of one kind, oldest first, each with whether it counts and, where that needs words, why not."""

    runs: Sequence[StoredRun]
    kinds: "Sequence[Kind]"
    reasons: Sequence[str]

    @property
    def counted(self) -> list[StoredRun]:
        """The runs that a verdict may rest on."""
        return [run for run, kind in zip(self.runs, self.kinds, strict=True) if kind == "counted"]


def sort_out(groups: Mapping[str, Sequence[StoredRun]]) -> dict[str, Sorted]:
    """Tell in each group the runs that count from those that do not.

    Runs under other conditions than those of the newest run do not count, nor runs of other code than the newest of
    their group, nor warm-ups, nor runs that failed or were stopped. Raises ValueError where there are no runs at all.
    """
    runs = [run for group in groups.values() for run in group]
    if not runs:
        raise ValueError("there are no runs to compare")
    standard = _standard(runs)
    return {name: _sorted(group, standard) for name, group in groups.items()}


def _sorted(runs: Sequence[StoredRun], standard: StoredRun) -> Sorted:
    alike = [run for run in runs if not what_differs(run, standard)]
    known = [run for run in alike if run.configuration]
    code = newest(known).configuration if known else ""
    judged = [_judged(run, standard, code) for run in runs]
    return Sorted(runs, [kind for kind, _ in judged], [reason for _, reason in judged])


def _judged(run: StoredRun, standard: StoredRun, code: str) -> "tuple[Kind, str]":
    if run.outcome != "ok":
        return "lost", "failed or stopped"
    if differs := what_differs(run, standard):
        return "pale", listing(differs)
    if not run.configuration:
        return "pale", "of code that is not known"
    if run.configuration != code:
        return "pale", "with other code"
    return ("warm-up", "to warm up") if run.warm_up else ("counted", "")


def _standard(runs: Sequence[StoredRun]) -> StoredRun:
    """The newest run, with the seeds of the newest that has any: runs that made no request agree with all seeds."""
    last = newest(runs)
    seeded = [run for run in runs if run.conditions.seeds and run.who == last.who]
    if last.conditions.seeds or not seeded:
        return last
    return replace(last, conditions=replace(last.conditions, seeds=newest(seeded).conditions.seeds))


def newest(runs: Sequence[StoredRun]) -> StoredRun:
    """The newest of your own runs that went well; where there is none, of those that come nearest to it."""
    return max(runs, key=lambda run: (run.who == "", run.outcome == "ok", run.number))


def what_differs(run: StoredRun, other: StoredRun) -> list[str]:
    """In what a run differs from another beside its code, in words: whose it is, and its conditions."""
    whose = [] if run.who == other.who else [f"of {run.who}" if run.who else "of your own"]
    return whose + differences(run.conditions, other.conditions)


def differences(here: Conditions, there: Conditions) -> list[str]:
    """In what conditions differ from those there, in words such as "under Python 3.12.1"; empty where runs compare.

    A run without seeds made no requests of its own, and a library that only one of them used cannot differ.
    """
    said = [f"under Python {here.python}"] if here.python != there.python else []
    if here.machine != there.machine:
        said.append(f"on another machine ({here.machine})")
    if here.seeds and there.seeds and here.seeds != there.seeds:
        said.append(f"with {_seeds(here)}")
    changed = [name for name, version in here.libraries.items() if there.libraries.get(name, version) != version]
    return said + [f"with {name} {here.libraries[name]}" for name in changed]


def in_common(groups: Iterable[Sorted]) -> list[str]:
    """The conditions that the runs which count have in common, in words."""
    standard = _standard([run for group in groups for run in group.counted or group.runs[-1:]]).conditions
    seeds = [_seeds(standard)] if standard.seeds else []
    # A machine's last part only tells it from others like it.
    return [f"Python {standard.python}", standard.machine.rpartition(", ")[0] or standard.machine, *seeds]


def left_out(groups: Iterable[Sorted]) -> str:
    """The sentence that says which runs are drawn and not counted, and why; "" where all count."""
    tally = Counter(
        (kind, reason) for group in groups for kind, reason in zip(group.kinds, group.reasons, strict=True) if reason
    )
    if not tally:
        return ""
    looks = {"pale": "pale", "warm-up": "grey", "lost": "red"}
    parts = [f"{count(number, 'run')} {reason} ({looks[kind]})" for (kind, reason), number in tally.items()]
    return f"Not counted: {listing(parts)}."


def not_in_turns(groups: Iterable[Sequence[int]]) -> str:
    """What to say where one kind of runs was over before the other began; "" where they were run in turns.

    The machine may have changed between them. Each group has its runs' places in the order in which they were run,
    ascending.
    """
    ordered = sorted(list(places) for places in groups if places)
    apart = len(ordered) > 1 and all(one[-1] < other[0] for one, other in pairwise(ordered))
    if not apart:
        return ""
    return "They were not run in turns: a slow drift of the machine can look like a difference. See trials()."


def _seeds(conditions: Conditions) -> str:
    if len(conditions.seeds) > MOST_SEEDS:
        return f"{len(conditions.seeds)} seeds from {conditions.seeds[0]} to {conditions.seeds[-1]}"
    return f"seed{'' if len(conditions.seeds) == 1 else 's'} {listing(map(str, conditions.seeds))}"
