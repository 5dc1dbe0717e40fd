"""How a run compares with the earlier ones under its label: what its card says of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from helpers import archive
from helpers.archive import Brief, Conditions, StoredRun
from helpers.code.changes import Change, changes
from helpers.page.words import count, listing, seconds
from helpers.reruns.comparable import differences
from helpers.verdict import judge

MOST_CHANGES = 3
"""Changes that a card has room for."""
SHORT = 28
"""Characters of a change that may stand for the runs before it, or after."""


class Dot(NamedTuple):
    """One run on the strip. `kind` is "ok", "problem" (failed or interrupted), "warm-up" or "other" (conditions)."""

    wall: float
    kind: str


@dataclass
class Row:
    """The runs of one configuration, or of several older ones (`mixed`), on a line of the strip: wall times by kind."""

    name: str
    walls: dict[str, list[float]]
    mixed: bool = False


@dataclass
class Rerun:
    """What there is to say.

    Attributes:
        this: the run itself.
        rows: the strip, this run's own configuration first, with the run itself among the others.
        changed: what was changed since the last run.
        verdict: whether it made a difference, or "".
        remarks: what does not count, and why.
    """

    this: Dot
    rows: list[Row]
    changed: str
    verdict: str
    remarks: str


def rerun_of(run: StoredRun) -> Rerun | None:
    """Compare a stored run with those under its label that came before it. None where it is the first."""
    known = archive.walls_of(run.label)
    number = run.number
    if known and all(one.number != number for one in reversed(known)):
        try:  # a run that could not be written at first has another number since it could
            number = archive.run_of(number).number
        except ValueError:
            return None
    before = [one for one in known if one.number < number]
    return _compare(run, before) if before else None


def _compare(run: StoredRun, before: list[Brief]) -> Rerun:
    groups = _grouped(run.conditions, before)
    this = Dot(run.wall, _kind(run.outcome, run.warm_up))
    own = groups.pop(run.configuration, {})
    earlier = own.get("ok", [])
    last = before[-1].configuration
    changed = [] if last == run.configuration else changes(archive.run_of(before[-1].number).parts, run.parts)
    said = _what_changed(run, before, changed)
    if this.kind == "ok" and last == run.configuration and len(earlier) > 1:
        said = f"{said} {_where(run.wall, earlier)}"
    own = {**own, this.kind: [*own.get(this.kind, []), run.wall]}

    names, verdict = ("this code", "the code before"), ""
    rows = [Row(names[0], own)]
    newest = next((one for one in reversed(before) if "ok" in groups.get(one.configuration, {})), None)
    if newest is not None:
        base = groups.pop(newest.configuration)
        same_as_last = newest.configuration == last
        names = _names(changed if same_as_last else changes(archive.run_of(newest.number).parts, run.parts))
        verdict = _verdict(base["ok"], own.get("ok", []), names)
        rows = [Row(names[0], own), Row(names[1], base)]
    if groups:
        rows.append(Row("older code", _together(groups.values()), mixed=True))
    remarks = ([] if this.kind == "ok" else [_why_not(run)]) + _left_out(run.conditions, before)
    return Rerun(this, rows, said, verdict, " ".join(remarks))


def _grouped(conditions: Conditions, before: Sequence[Brief]) -> dict[str, dict[str, list[float]]]:
    """The wall times by configuration and kind. There may be ten thousand, so this is the one walk over all of them."""
    alike: dict[Conditions, bool] = {}  # the same few come again and again
    groups: dict[str, dict[str, list[float]]] = {}
    for _, wall, outcome, warm_up, configuration, others in before:
        if others not in alike:
            alike[others] = not differences(others, conditions)
        kind = _kind(outcome, warm_up) if alike[others] else "other"
        groups.setdefault(configuration, {}).setdefault(kind, []).append(wall)
    return groups


def _together(groups: Iterable[dict[str, list[float]]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for group in groups:
        for kind, walls in group.items():
            found.setdefault(kind, []).extend(walls)
    return found


def _kind(outcome: str, warm_up: bool) -> str:
    return "problem" if outcome != "ok" else "warm-up" if warm_up else "ok"


def _what_changed(run: StoredRun, before: Sequence[Brief], changed: Sequence[Change]) -> str:
    if not run.configuration or not before[-1].configuration:
        return "What was run cannot be compared with the last run."
    streak = 0
    for one in reversed(before):
        if one.configuration != run.configuration:
            break
        streak += 1
    if streak:
        return "Same code as the last run." if streak == 1 else f"Same code as the last {streak:,} runs."
    told = [change.words for change in changed[:MOST_CHANGES]]
    more = f" and {len(changed) - MOST_CHANGES} more" if len(changed) > MOST_CHANGES else ""
    return f"Changed since the last run: {'; '.join(told)}{more}."


def _why_not(run: StoredRun) -> str:
    if run.outcome != "ok":
        return f"This run {'was stopped' if run.outcome == 'interrupted' else 'failed'}: it does not count."
    return "A warm-up run: it does not count."


def _where(wall: float, walls: Sequence[float]) -> str:
    """Where a time lies among others of the same code."""
    low, high = min(walls), max(walls)
    among = f"{seconds(low)} to {seconds(high)}"
    if low <= wall <= high:
        return f"This one lies within them ({among})."
    return f"This one took {'longer' if wall > high else 'less'} than all of them ({among})."


def _names(since: Sequence[Change]) -> tuple[str, str]:
    """What to call the runs of this configuration and those of the one before."""
    only = since[0] if len(since) == 1 else None
    if only is not None and only.before and max(len(only.before), len(only.after)) <= SHORT:
        return only.after, only.before
    return "this code", "the code before"


def _verdict(base: Sequence[float], walls: Sequence[float], names: tuple[str, str]) -> str:
    this, other = names
    if not walls:
        return ""
    verdict = judge(base, walls)
    said = verdict.sentence(other, this)
    if verdict.state == "too few":
        return f"So far {this} takes {verdict.ratio:.2f}x of {other}; for a verdict there are {said}."
    return f"{said[0].upper()}{said[1:]}." if said.startswith("no ") else f"{said}."


def _left_out(conditions: Conditions, before: Sequence[Brief]) -> list[str]:
    """Why some of the runs are not compared with this one."""
    often = Counter(one.conditions for one in before)
    strange = {others: words for others in often if (words := differences(others, conditions))}
    if not strange:
        return []
    number = sum(often[others] for others in strange)
    why = dict.fromkeys(one for words in strange.values() for one in words)
    return [f"Shown pale, not compared: {count(number, 'run')} {listing(why)}."]
