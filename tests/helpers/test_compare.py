"""compare and noise: which runs count, what they say, and what they draw."""

import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from archive_samples import HERE, REQUESTS, sample

from helpers import archive
from helpers.archive import StoredRun
from helpers.charts import Chart
from helpers.charts.runs.comparison import Dot, Group, strip
from helpers.charts.runs.pairs import differences
from helpers.reruns.compare import compare, compare_groups
from helpers.reruns.noise import noise
from helpers.runs import Run


def walls(count: int, seconds: float, seed: int = 1) -> list[float]:
    return list(seconds * np.random.default_rng(seed).lognormal(sigma=0.05, size=count))


def ran(label: str, count: int, seconds: float, **changes: Any) -> list[StoredRun]:
    """So many runs of about so many seconds, in the history."""
    values = {"label": label, "predict": None, **changes}
    return [archive.append(sample(wall=wall, **values), REQUESTS) for wall in walls(count, seconds)]


def counted(chart: Chart, row: int, kind: str = "counted") -> int:
    """How many dots of a kind stand in a row, the first being 1."""
    runs = next(axes for axes in chart.axes if axes.get_label() == "runs")
    found = [dots for dots in runs.collections if dots.get_label() == f"{kind} {row}"]
    return len(np.asarray(found[0].get_offsets())) if found else 0


def texts(chart: Chart) -> str:
    return "\n".join(text.get_text() for axes in chart.axes for text in axes.texts)


# ---- what it says


def test_a_difference_is_told_with_its_interval() -> None:
    ran("a", 10, 2.0)
    ran("b", 10, 0.1)
    sentence = compare("a", "b").sentence
    said = re.match(r"b takes (0\.\d+)x of a \((0\.\d+)-(0\.\d+)\), 10 runs each\. Medians: ", sentence)
    assert said, sentence
    ratio, low, high = map(float, said.groups())
    assert low <= ratio <= high
    assert ratio == pytest.approx(0.05, rel=0.1)


def test_the_first_label_is_what_the_others_are_compared_with() -> None:
    for label, seconds in (("a", 0.1), ("b", 0.2), ("c", 0.4)):
        ran(label, 5, seconds)
    sentence = compare("b", "a", "c").sentence
    assert "a takes 0.50x of b" in sentence and "c takes 2.00x of b" in sentence


def test_the_same_code_shows_no_difference() -> None:
    for wall_a, wall_b in zip(walls(10, 0.1, 3), walls(10, 0.1, 4), strict=True):
        archive.append(sample(label="a", wall=wall_a), {})
        archive.append(sample(label="b", wall=wall_b), {})
    chart = compare("a", "b")
    assert chart.sentence.startswith("No difference shown: b takes ")
    assert "turns" not in chart.note


def test_a_title_of_several_claims_no_difference_that_was_not_shown() -> None:
    same = [Group(name, [Dot(value) for value in walls(10, 0.1, seed)]) for seed, name in enumerate("abc")]
    other = Group("d", [Dot(value) for value in walls(10, 0.4)])
    assert "No difference shown: medians from" in texts(strip(same, [], ""))
    assert "At the median from" in texts(strip([*same, other], [], ""))
    assert "Too few runs for a verdict" in texts(strip([same[0], *(Group(name, [Dot(9.0)]) for name in "ef")], [], ""))


def test_too_few_runs_get_no_verdict() -> None:
    ran("a", 3, 0.1)
    ran("b", 3, 0.9)
    assert compare("a", "b").sentence.startswith("Too few runs: 3 of 5. Medians: ")
    ran("a", 2, 0.1)
    assert compare("a", "b").sentence.startswith("Too few runs: 3 of 5 for b.")


def test_runs_that_were_not_in_turns_are_called_so() -> None:
    ran("a", 5, 0.1)
    ran("b", 5, 0.1)
    note = compare("a", "b").note
    assert "They were not run in turns: a slow drift of the machine can look like a difference. See trials()." in note


# ---- which runs count


def test_warm_up_and_failures_are_drawn_and_not_counted() -> None:
    ran("a", 2, 9.0, warm_up=True)
    ran("a", 5, 0.1)
    ran("a", 3, 0.01, outcome="error: TimeoutError")
    ran("b", 5, 0.1)
    chart = compare("a", "b")
    assert [counted(chart, 1, kind) for kind in ("counted", "warm-up", "lost", "pale")] == [5, 2, 3, 0]
    assert "2 runs to warm up (grey)" in chart.note and "3 runs failed or stopped (red)" in chart.note
    assert "5 runs each" in chart.sentence
    assert "warm-up, not counted" in texts(chart)


def test_only_the_newest_code_counts() -> None:
    ran("a", 6, 9.0, configuration="old")
    ran("a", 5, 0.1, configuration="new")
    ran("b", 5, 0.1)
    chart = compare("a", "b")
    assert (counted(chart, 1), counted(chart, 1, "pale")) == (5, 6)
    assert "6 runs with other code (pale)" in chart.note


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        (replace(HERE, python="3.12.1"), "4 runs under Python 3.12.1 (pale)"),
        (replace(HERE, machine="Linux x86_64, 2 processors, ffffff"), "4 runs on another machine"),
        (replace(HERE, seeds=(3,)), "4 runs with seed 3 (pale)"),
        (replace(HERE, libraries={"aiohttp": "3.9.0"}), "4 runs with aiohttp 3.9.0 (pale)"),
    ],
    ids=["python", "machine", "seed", "library"],
)
def test_runs_under_other_conditions_are_told_apart(conditions: archive.Conditions, said: str) -> None:
    ran("a", 5, 0.1)
    ran("a", 4, 9.0, conditions=conditions)
    ran("b", 5, 0.1)
    chart = compare("a", "b")
    assert (counted(chart, 1), counted(chart, 1, "pale")) == (5, 4)
    assert said in chart.note
    assert "5 runs each" in chart.sentence


def test_the_newest_run_says_which_conditions_count() -> None:
    ran("a", 5, 0.1)
    ran("b", 5, 0.1)
    ran("b", 1, 0.1, conditions=replace(HERE, python="3.13.0"))
    chart = compare("a", "b")
    assert (counted(chart, 1), counted(chart, 2)) == (0, 1)
    assert chart.sentence.startswith("Too few runs: 0 of 5 for a, 1 of 5 for b.")
    assert "10 runs under Python 3.11.7 (pale)" in chart.note
    assert "Python 3.13.0" in texts(chart)


def test_another_persons_runs_are_told_apart() -> None:
    ran("a", 5, 0.1)
    ran("b", 5, 0.1)
    ran("b", 7, 9.0, who="Anna")
    chart = compare("a", "b")
    assert (counted(chart, 2), counted(chart, 2, "pale")) == (5, 7)
    assert "7 runs of Anna (pale)" in chart.note


@pytest.mark.parametrize(
    "other", [replace(HERE, seeds=()), replace(HERE, libraries={"requests": "2.33"})], ids=["no request", "library"]
)
def test_what_one_of_them_did_not_use_is_no_difference(other: archive.Conditions) -> None:
    ran("a", 5, 0.1)
    ran("b", 5, 0.1, conditions=other)
    assert "5 runs each" in compare("a", "b").sentence


def test_one_label_is_its_newest_code_against_the_code_before() -> None:
    ran("a", 5, 9.0, configuration="oldest")
    ran("a", 5, 0.1, configuration="limit=10")
    ran("a", 5, 0.2, configuration="limit=100")
    chart = compare("a")
    assert chart.sentence.startswith("a, now takes 2.00x of a, before")
    assert (counted(chart, 1), counted(chart, 2)) == (5, 5)
    assert "9" not in texts(chart).split()


def measured(label: str, code: str) -> Run:
    run = Run(label, None)
    run.stored = archive.append(sample(label=label, wall=0.1, configuration=code), {})
    return run


def test_a_measured_run_stands_for_the_runs_of_its_code() -> None:
    before = [measured("a", "limit=10") for _ in range(6)]
    after = [measured("a", "limit=100") for _ in range(5)]
    chart = compare(before[0], after[-1])
    assert (counted(chart, 1), counted(chart, 2)) == (6, 5)
    assert "a #2 takes 1.00x of a" in chart.sentence and "pale" not in chart.note
    with pytest.raises(ValueError, match="are there twice"):
        compare(before[0], before[1])
    with pytest.raises(ValueError, match="is not in the history: its block is still open"):
        compare(before[0], Run("a", None))


def test_many_seeds_are_counted() -> None:
    ran("a", 5, 0.1, conditions=replace(HERE, seeds=tuple(range(400))))
    ran("a", 5, 0.1, conditions=replace(HERE, seeds=(1, 2)))
    ran("b", 5, 0.1, conditions=replace(HERE, seeds=(1, 2)))
    chart = compare("a", "b")
    assert "5 runs with 400 seeds from 0 to 399 (pale)" in chart.note and "seeds 1 and 2" in texts(chart)


def test_a_request_that_failed_is_never_answered() -> None:
    many = {"latency": [0.1, 0.2, 0.3], "ok": [True, True, True]}
    for latencies in (many, many, many, {**many, "ok": [True, True, False]}, {**many, "ok": [True, False, False]}):
        archive.append(sample(label="a"), latencies)
        archive.append(sample(label="b"), {"latency": [0.4], "ok": [True]})
    chart = compare("a", "b", of="latency")
    # One of three failed: the median is that of the others' slower half. Two of three: half were never answered.
    assert counted(chart, 1) == 4
    assert chart.sentence.startswith("Too few runs: 4 of 5 for a.")
    assert "200 ms (a) and 400 ms (b)" in chart.sentence
    assert "1 run without a median latency" in chart.note


def test_groups_at_hand_need_no_history() -> None:
    groups = {name: [sample(i, wall=0.1 + i / 1000, number=i) for i in range(5)] for name in ("x", "y")}
    assert "5 runs each" in compare_groups(groups).sentence
    assert compare_groups({"x": groups["x"], "y": []}).sentence.startswith("Too few runs: 0 of 5 for y.")


# ---- noise


def test_noise_tells_how_far_runs_of_the_same_code_lie_apart() -> None:
    for wall in (0.1, 0.11, 0.12, 0.13, 0.4):
        archive.append(sample(label="a", wall=wall), {})
    ran("a", 1, 90.0, warm_up=True)
    chart = noise("a")
    assert "5 runs of the same code (a), compared two by two" in chart.sentence
    assert "the two furthest apart by a factor of 4.0" in chart.sentence
    assert "1 run to warm up (grey)" in chart.note


def test_all_pairs_are_compared() -> None:
    assert differences([0.1, 0.2, 0.1]).tolist() == [0, 1, 1]


def test_noise_of_too_few_runs_is_none() -> None:
    ran("a", 4, 0.1)
    assert noise("a").sentence == "Too few runs: 4 of 5."


# ---- what is refused


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no run under 'a'; the history is still empty"):
        compare("a", "b")
    ran("one by one", 5, 0.1)
    with pytest.raises(ValueError, match=r"no run under 'one by two'; there are 'one by one'"):
        compare("one by one", "one by two")
    with pytest.raises(ValueError, match=r"of the same code.*noise\('one by one'\)"):
        compare("one by one")
    with pytest.raises(ValueError, match="are there twice"):
        compare("one by one", "one by one")
    with pytest.raises(ValueError, match="'wall' or 'latency', not 'cpu'"):
        compare("one by one", "one by one", of="cpu")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1 to 12 labels or runs, and was given 0"):
        compare()
    with pytest.raises(TypeError, match="takes labels such as 'one by one', or measured runs, not 3"):
        compare(3, 4)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a label is a text"):
        noise(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="there are no runs to compare"):
        compare_groups({"a": [], "b": []})


# ---- the chart


@pytest.mark.parametrize(("number", "dots"), [(2, 0), (2, 1000), (3, 1), (8, 10), (12, 1000)])
def test_any_number_of_groups_and_runs_can_be_drawn(number: int, dots: int) -> None:
    names = [f"{'long ' * 40}{place}" for place in range(number)]
    groups = [Group(name, [Dot(value) for value in walls(dots, 0.1 * 3**place)]) for place, name in enumerate(names)]
    chart = strip(groups, ["conditions"], "wall time of a run")
    assert chart.png()
    assert [counted(chart, row) for row in range(1, number + 1)] == [dots] * number


def test_what_is_written_stays_on_the_chart() -> None:
    groups = [Group(name, [Dot(value) for value in walls(10, wall)]) for name, wall in (("a", 90.0), ("b", 0.0001))]
    chart = strip(groups, ["conditions"], "wall time of a run")
    chart.draw_without_rendering()
    for axes in chart.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.x0 >= 0 and box.x1 <= chart.bbox.x1 and box.y0 >= 0 and box.y1 <= chart.bbox.y1, text.get_text()


def test_a_long_name_is_written_on_two_lines_and_a_ratio_has_nothing_behind_it() -> None:
    names = ["requests, one after another", "all at once"]
    groups = [Group(name, [Dot(value) for value in walls(10, 0.1)]) for name in names]
    chart = strip(groups, ["conditions"], "wall time of a run")
    assert {"requests, one", "after another", "all at once"} < set(texts(chart).splitlines())
    ratios = [text for axes in chart.axes for text in axes.texts if re.match(r"[\d.]+x \(", text.get_text())]
    assert len(ratios) == 1 and ratios[0].get_bbox_patch() is not None


def test_one_group_or_thirteen_are_refused() -> None:
    with pytest.raises(ValueError, match="between 2 and 12 kinds of runs"):
        strip([Group("a", [Dot(0.1)])], [], "")


@pytest.mark.evidence
def test_importing_compare_imports_nothing_heavy() -> None:
    code = (
        "import sys; import helpers.reruns.compare, helpers.reruns.noise;"
        "assert not {'matplotlib', 'pandas', 'numpy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
