"""What the card of a rerun says of the earlier runs, and when it says nothing."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from archive_samples import REQUESTS, sample
from canary import timing

from helpers import archive, measure
from helpers.archive import Brief, Conditions, StoredRun
from helpers.reruns.rerun import Rerun, rerun_of
from helpers.reruns.rerun_strip import LEFT, RIGHT, WIDTH, strip
from helpers.runs import Run

SLOW = [1.00, 1.02, 0.98, 1.01, 0.99]
FAST = [0.50, 0.51, 0.49, 0.52, 0.48]


def add(wall: float, limit: int = 10, **changes: Any) -> StoredRun:
    """Append a run whose configuration is its limit."""
    parts = {"cell": "fetch(limit)", "limit": str(limit)}
    return archive.append(sample(wall=wall, parts=parts, configuration=f"c{limit}", **changes), REQUESTS)


def rerun(wall: float, limit: int = 10, **changes: Any) -> Rerun:
    found = rerun_of(add(wall, limit, **changes))
    assert found is not None
    return found


def test_the_first_run_under_a_label_has_nothing_to_compare() -> None:
    add(1.0, label="another label")
    add(1.0, who="Anna")
    assert rerun_of(add(1.0)) is None


def test_the_same_code_again_says_so_and_where_it_lies() -> None:
    add(1.0)
    assert rerun(1.2).changed == "Same code as the last run."
    assert rerun(1.1).changed == "Same code as the last 2 runs. This one lies within them (1.00 s to 1.20 s)."
    assert rerun(2.0).changed.endswith("This one took longer than all of them (1.00 s to 1.20 s).")
    assert rerun(0.5).changed.endswith("This one took less than all of them (1.00 s to 2.00 s).")
    assert rerun(0.5).verdict == ""


def test_a_change_is_told_and_judged_once_there_are_five_runs_a_side() -> None:
    for wall in SLOW:
        add(wall)
    found = rerun(FAST[0], 100)
    assert found.changed == "Changed since the last run: limit=10 -> limit=100."
    assert found.verdict.startswith("So far limit=100 takes 0.50x of limit=10")
    assert "too few runs: 1 of 5 for limit=100" in found.verdict
    for wall in FAST[1:4]:
        assert "too few runs" in rerun(wall, 100).verdict
    found = rerun(FAST[4], 100)
    assert found.changed.startswith("Same code as the last 4 runs.")
    assert re.fullmatch(r"limit=100 takes 0\.50x of limit=10 \(0\.4\d-0\.5\d\), 5 runs each\.", found.verdict)
    assert [row.name for row in found.rows] == ["limit=100", "limit=10"]


def test_no_difference_is_called_one() -> None:
    for wall in SLOW:
        add(wall)
    for wall in SLOW[:4]:
        add(wall, 100)
    assert rerun(SLOW[4], 100).verdict.startswith("No difference shown: limit=100 takes 1.00x of limit=10")


APART = "They were not run in turns: a slow drift of the machine can look like a difference. See trials()."


def test_a_verdict_on_runs_that_were_not_in_turns_says_so() -> None:
    for wall in SLOW:
        add(wall)
    for wall in FAST[:4]:
        assert rerun(wall, 100).remarks == ""  # there is no verdict yet
    assert rerun(FAST[4], 100).remarks == APART
    assert rerun(0.5, 100, warm_up=True).remarks == f"{APART} A warm-up run: it does not count."
    assert rerun(1.0).remarks == ""  # back at the code before: now there were turns


def test_no_difference_beside_a_drift_is_not_called_none() -> None:
    for wall in SLOW:
        add(wall)
    for wall in SLOW[:4]:
        add(1.05 * wall, 100)
    assert rerun(1.05 * SLOW[4], 100).verdict.startswith("No difference of more than 5 % shown: limit=100 takes 1.05")


@pytest.fixture
def ever_differs(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[float], list[float]], bool]:
    """Whether any card of a series of reruns says that a change made a difference. The runs are in no file."""
    monkeypatch.setattr(archive, "run_of", lambda number: sample(number=number, parts={"limit": "10"}))

    def ever(base: list[float], reruns: list[float]) -> bool:
        walls = [*base, *reruns]
        known = [
            Brief(number, wall, "ok", False, "changed" if number > len(base) else "before", sample().conditions)
            for number, wall in enumerate(walls, start=1)
        ]
        monkeypatch.setattr(archive, "walls_of", lambda label: known)
        this = sample(parts={"limit": "100"}, configuration="changed")
        cards = (
            rerun_of(replace(this, number=number, wall=walls[number - 1])) for number in range(10 + 5, len(walls) + 1)
        )
        return any(card is not None and card.verdict.startswith("limit=100 takes ") for card in cards)

    return ever


@pytest.mark.parametrize(("spread", "drift"), [(0.2, 1.0), (0.02, 1 / 1.03), (0.02, 1.03)])
def test_nineteen_series_of_reruns_in_twenty_say_nothing_that_is_not_so(
    ever_differs: Callable[[list[float], list[float]], bool], spread: float, drift: float
) -> None:
    random = np.random.default_rng(20)
    said = sum(
        ever_differs(
            list(random.lognormal(sigma=spread, size=10)), list(drift * random.lognormal(sigma=spread, size=20))
        )
        for _ in range(200)
    )
    assert said <= 0.05 * 200


def test_back_at_older_code_all_its_runs_count_and_the_last_other_code_is_the_base() -> None:
    for wall in SLOW:
        add(wall, 1)
    for wall in FAST:
        add(wall, 2)
        add(wall, 3)
    found = rerun(1.0, 1)
    assert found.changed == "Changed since the last run: limit=3 -> limit=1."
    assert found.verdict.startswith("limit=1 takes 2.00x of limit=3 ")
    assert found.verdict.endswith("6 runs against 5.")
    assert [(row.name, len(row.walls["ok"]), row.mixed) for row in found.rows] == [
        ("limit=1", 6, False), ("limit=3", 5, False), ("older code", 5, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"outcome": "error: ZeroDivisionError"}, "This run failed: it does not count."),
        ({"outcome": "interrupted"}, "This run was stopped: it does not count."),
        ({"warm_up": True}, "A warm-up run: it does not count."),
    ],
)
def test_what_does_not_count_is_shown_and_not_counted(changes: dict[str, Any], remark: str) -> None:
    for wall in SLOW:
        add(wall)
    found = rerun(9.0, 100, **changes)
    assert found.remarks == remark
    assert found.verdict == ""
    assert "ok" not in found.rows[0].walls
    after = rerun(0.5, 100)
    assert "1 of 5 for limit=100" in after.verdict
    assert len(after.rows[0].walls["ok"]) == 1
    assert sum(map(len, after.rows[0].walls.values())) == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("python", "3.13.0", "under Python 3.13.0"),
        ("machine", "another", "on another machine (another)"),
        ("libraries", {"aiohttp": "4.0"}, "with aiohttp 4.0"),
        ("seeds", (1,), "with seed 1"),
    ],
)
def test_runs_under_other_conditions_are_shown_and_not_compared(field: str, value: object, words: str) -> None:
    here = sample().conditions
    there = replace(here, **{field: value})
    for wall in SLOW:
        add(wall, conditions=there)
    found = rerun(0.5, 100, conditions=Conditions(here.python, here.machine, dict(here.libraries), here.seeds))
    assert found.verdict == ""
    assert found.remarks == f"Shown pale, not compared: 5 runs {words}."
    assert [list(row.walls) for row in found.rows] == [["ok"], ["other"]]


@pytest.mark.parametrize(("field", "value"), [("seeds", ()), ("libraries", {})])
def test_what_runs_did_not_use_tells_them_not_apart(field: str, value: object) -> None:
    add(1.0, conditions=replace(sample().conditions, **{field: value}))
    found = rerun(1.1)
    assert found.remarks == ""
    assert list(found.rows[0].walls) == ["ok"]


def test_another_change_than_a_short_one_is_not_a_name() -> None:
    first = sample(parts={"cell": "f(1)\ng(1)"}, configuration="a")
    archive.append(first, REQUESTS)
    found = rerun_of(archive.append(replace(first, parts={"cell": "f(2)\ng(2)"}, configuration="b"), REQUESTS))
    assert found is not None
    assert found.changed == "Changed since the last run: f(1) -> f(2); g(1) -> g(2)."
    assert found.verdict.startswith("So far this code takes 1.00x of the code before")


def test_code_that_is_not_known_is_not_called_the_same() -> None:
    for _ in range(2):
        last = archive.append(sample(parts={}, configuration=""), REQUESTS)
    found = rerun_of(last)
    assert found is not None
    assert "cannot be compared" in found.changed


def test_a_run_keeps_its_card_when_later_ones_come() -> None:
    add(1.0)
    second = add(1.1)
    before = rerun_of(second)
    add(5.0, 100)
    assert rerun_of(second) == before


def test_the_strip_holds_every_dot_and_says_what_it_shows() -> None:
    for wall in (0.001, 0.5, 0.5, 0.5, 2.0):
        add(wall)
    found = rerun(1.0, 100)
    drawn = strip(found.this, found.rows)
    spots = [float(x) for path in re.findall(r'd="(M[^"]*h0)"', drawn) for x in re.findall(r"M([\d.]+)", path)]
    assert len(spots) == 6
    assert all(LEFT <= x <= WIDTH - RIGHT for x in spots)
    assert "limit=100: 1 run, median 1.00 s; limit=10: 5 runs, median 500 ms" in drawn


@pytest.fixture
def ten_thousand() -> StoredRun:
    """The newest of so many runs, in a kernel that has shown a card before."""
    packed = archive.packed_requests_of(add(1.0).number)
    archive.merge([(sample(n, wall=0.1 + n % 97 / 1000, configuration=f"c{n % 50}"), packed) for n in range(10_000)])
    run = add(0.1)
    rerun_of(run)
    return run


@timing(margin=0.2)
def test_ten_thousand_runs_make_a_short_card_soon(ten_thousand: StoredRun) -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        found = rerun_of(ten_thousand)
        assert found is not None
        drawn = strip(found.this, found.rows)
        times.append(time.perf_counter() - began)
    assert len(drawn) < 50_000
    # A fifth of this is usual; fifty times as much is what a card would take that compares every pair.
    assert min(times) < 0.25


def test_a_real_rerun_shows_all_of_it_on_its_card() -> None:
    cards = []
    for limit in (1, 1, 2):
        with measure("loop") as run:
            sum(range(limit))
        cards.append(run._repr_html_())
    assert "<svg" not in cards[0]
    assert "Same code as the last run." in cards[1]
    assert "limit=1 -&gt; limit=2" in cards[2]
    for card in cards[1:]:
        assert card.count("<svg") == 1
        assert 'aria-label="This run took' in card


def test_a_notice_of_the_history_is_on_the_card_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(blocked / "history.sqlite"))
    runs: list[Run] = []
    for _ in range(2):
        with measure("no place") as run:
            pass
        runs.append(run)
    first, second = runs[1]._repr_html_(), runs[0]._repr_html_()
    assert "kept in memory" in first
    assert "kept in memory" not in second
    assert "Same code as the last run." in first
