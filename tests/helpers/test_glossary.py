"""The fold that explains the words under a card or a chart."""

import re
from pathlib import Path

import pytest
from activities import on_a_loop, one_by_one, panel

from helpers import measure
from helpers.charts import timeline
from helpers.page.glossary import GLOSSARY, fold, words_in

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Nothing here is unusual.", []),
        ("20 requests, at most 3 in flight", ["in flight"]),
        ("1 library task not shown", ["task", "library task"]),
        ("ready, loop held", ["event loop", "ready", "held"]),
        ("p95 198 ms", ["p50, p95, p99"]),
        ("lines: 95 % sure", ["95 % sure"]),
        ("already, steeped, seedling", []),
        ("garbage collection (gen 1), 12 ms", ["garbage collection"]),
    ],
)
def test_those_words_are_found_that_stand_in_the_text(text: str, words: list[str]) -> None:
    assert words_in(text) == words
    assert fold(text).count("<div>") == len(words)
    assert bool(fold(text)) == bool(words)


def test_a_meaning_is_one_short_sentence_and_its_chapter_is_there() -> None:
    for name, word in GLOSSARY.items():
        assert name in words_in(name) or name == "Python's one lock"
        assert len(word.meaning) < 100 and not re.search(r"[.!]$", word.meaning)
        assert list(NOTEBOOKS.glob(f"{word.chapter}_*.ipynb"))


def test_a_chart_explains_its_own_words_in_a_closed_fold() -> None:
    held = timeline(panel(on_a_loop([[0.05]] * 3))).html()
    assert held.count("<details") == 1 and "<details open" not in held
    assert "<b>blocking step</b>" in held and "<b>p50, p95, p99</b>" not in held
    plain = timeline(panel(one_by_one(3))).html()
    assert "<b>event loop</b>" not in plain


@pytest.mark.evidence
def test_a_run_has_one_fold_for_its_card_and_its_chart() -> None:
    with measure("a run", predict=1) as run:
        sum(range(10))
    shown = run._repr_html_()
    assert shown.count("<details") <= 1
