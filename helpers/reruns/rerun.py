"""How a run compares with the earlier ones under its label: what its card says of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from helpers import archive
from helpers.archive import Brief, Conditions, StoredRun
from helpers.code.changes import Change, changes
from helpers.page.words import count, listing, seconds
from helpers.reruns.comparable import differences, not_in_turns
from helpers.verdict import judge_series

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
        remarks: what the verdict cannot know, and what does not count, and why.
    """

    this: Dot
    rows: list[Row]
    changed: str
    verdict: str
    remarks: str


def rerun_of(run: StoredRun) -> Rerun | None:
    """Compare a stored run with those under its label that came before it. None where it is the first."""
    before = _before(run)
    return _compare(run, before) if before else None


def change_of(run: StoredRun) -> str:
    """What was changed since the last run under this label, for where there is no card; "" where nothing was."""
    before = _before(run)
    if not before or not run.configuration or before[-1].configuration in ("", run.configuration):
        return ""
    return _what_changed(run, before, changes(archive.run_of(before[-1].number).parts, run.parts))


def _before(run: StoredRun) -> list[Brief]:
    """The runs under this one's label that came before it."""
    known = archive.walls_of(run.label)
    number = run.number
    if known and all(one.number != number for one in reversed(known)):
        try:  # a run that could not be written at first has another number since it could
            number = archive.run_of(number).number
        except ValueError:
            return []
    return [one for one in known if one.number < number]


def _compare(run: StoredRun, before: list[Brief]) -> Rerun:
    kinds = _kinds(run.conditions, before)
    groups = _grouped(before, kinds)
    this = Dot(run.wall, _kind(run.outcome, run.warm_up))
    # Code that is not known is neither the same nor another: such runs are shown with the older ones.
    own = groups.pop(run.configuration, {}) if run.configuration else {}
    earlier = own.get("ok", [])
    last = before[-1].configuration
    changed = [] if last == run.configuration else changes(archive.run_of(before[-1].number).parts, run.parts)
    said = _what_changed(run, before, changed)
    if this.kind == "ok" and last == run.configuration and len(earlier) > 1:
        said = f"{said} {_where(run.wall, earlier)}"
    own = {**own, this.kind: [*own.get(this.kind, []), run.wall]}

    names, verdict, turns = ("this code", "the code before"), "", ""
    rows = [Row(names[0], own)]
    others = (one for one in reversed(before) if one.configuration and "ok" in groups.get(one.configuration, {}))
    newest = next(others, None) if run.configuration else None
    if newest is not None:
        base = groups.pop(newest.configuration)
        same_as_last = newest.configuration == last
        names = _names(changed if same_as_last else changes(archive.run_of(newest.number).parts, run.parts))
        series = [
            (one.configuration == run.configuration, one.wall)
            for one, kind in zip(before, kinds, strict=True)
            if kind == "ok" and one.configuration in (run.configuration, newest.configuration)
        ]
        if this.kind == "ok":
            series.append((True, run.wall))
        verdict, turns = _verdict(series, names)
        rows = [Row(names[0], own), Row(names[1], base)]
    if groups:
        rows.append(Row("older code", _together(groups.values()), mixed=True))
    remarks = [turns, "" if this.kind == "ok" else _why_not(run), *_left_out(run.conditions, before)]
    return Rerun(this, rows, said, verdict, " ".join(filter(None, remarks)))


def _kinds(conditions: Conditions, before: Sequence[Brief]) -> list[str]:
    alike: dict[Conditions, bool] = {}  # there may be ten thousand runs, and the same few come again and again
    kinds = []
    for one in before:
        if one.conditions not in alike:
            alike[one.conditions] = not differences(one.conditions, conditions)
        kinds.append(_kind(one.outcome, one.warm_up) if alike[one.conditions] else "other")
    return kinds


def _grouped(before: Sequence[Brief], kinds: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """The wall times by configuration and kind."""
    groups: dict[str, dict[str, list[float]]] = {}
    for one, kind in zip(before, kinds, strict=True):
        groups.setdefault(one.configuration, {}).setdefault(kind, []).append(one.wall)
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


def _verdict(runs: Sequence[tuple[bool, float]], names: tuple[str, str]) -> tuple[str, str]:
    """The verdict on this configuration and the one before, and what to say if they were not run in turns.

    The runs stand in the order in which they were run, each with whether it is one of this configuration.
    """
    this, other = names
    places = [[place for place, (is_this, _) in enumerate(runs) if is_this is side] for side in (False, True)]
    if not places[True]:
        return "", ""
    verdict = judge_series(runs)
    said = verdict.sentence(other, this)
    if verdict.state == "too few":
        return f"So far {this} takes {verdict.ratio:.2f}x of {other}; for a verdict there are {said}.", ""
    return f"{said[0].upper()}{said[1:]}." if said.startswith("no ") else f"{said}.", not_in_turns(places)


def _left_out(conditions: Conditions, before: Sequence[Brief]) -> list[str]:
    """Why some of the runs are not compared with this one."""
    often = Counter(one.conditions for one in before)
    strange = {others: words for others in often if (words := differences(others, conditions))}
    if not strange:
        return []
    number = sum(often[others] for others in strange)
    why = dict.fromkeys(one for words in strange.values() for one in words)
    return [f"Shown pale, not compared: {count(number, 'run')} {listing(why)}."]
