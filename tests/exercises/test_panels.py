"""The panels of `order` and `choose`: what is chosen, what a move has done and what a check found is told in words."""

import re
from html import unescape
from typing import Any

import pytest

from helpers.exercises import choose, order
from helpers.exercises.panels.choice_panel import ChoicePanel
from helpers.exercises.panels.one_of import OneOf
from helpers.exercises.panels.order_panel import OrderPanel

pytestmark = pytest.mark.evidence


def lines() -> OrderPanel:
    panel = order("tasks-first")
    assert isinstance(panel, OrderPanel)
    return panel


def answers() -> ChoicePanel:
    panel = choose("when-it-runs")
    assert isinstance(panel, ChoicePanel)
    return panel


def words(widget: Any) -> str:
    """What stands in an HTML widget that a screen reader reads out as it changes."""
    assert widget.value.startswith('<div role="status" aria-live="polite"')
    return unescape(re.sub(r"<[^>]+>", " ", widget.value)).strip()


def pressed(column: OneOf) -> list[bool]:
    return [button.value for button in column._buttons]


def test_lines_move_and_are_judged() -> None:
    panel = lines()
    assert panel.text == "a b c d e f g"
    for at in range(5, 0, -1):
        panel.move(at, "up")
    panel.move(1, "right")
    assert panel.text == "f >a b c d e g"
    for at, move in [(0, "up"), (6, "down"), (0, "left")]:
        panel.move(at, move)  # as far as it goes already
    assert panel.text == "f >a b c d e g"


def test_moving_the_last_line_down_keeps_them_all() -> None:
    panel = lines()
    panel.move(6, "up")
    panel.move(5, "down")
    assert panel.text == "a b c d e f g"


def test_the_chosen_line_and_what_a_move_did_are_told() -> None:
    panel = lines()
    assert words(panel._told) == "Chosen: line a, place 1 of 7, at the left."
    panel._lines.press(2)
    assert words(panel._told) == "Chosen: line c, place 3 of 7, at the left."
    panel.move(2, "up")
    assert words(panel._told) == "Line c moved up: place 2 of 7, at the left."
    panel.move(1, "right")
    panel.move(1, "right")
    assert words(panel._told) == "Line c moved right: place 2 of 7, 2 steps to the right."
    assert pressed(panel._lines) == [False, True, False, False, False, False, False]
    assert panel._lines._buttons[1].tooltip == "chosen" and panel._lines._buttons[0].tooltip != "chosen"


@pytest.mark.parametrize(("at", "move", "where"), [(0, "up", "at the top"), (6, "down", "at the bottom")])
def test_a_line_that_goes_no_further_says_so(at: int, move: str, where: str) -> None:
    panel = lines()
    panel.move(at, move)
    assert where in words(panel._told)


def test_no_line_is_deeper_than_it_can_go() -> None:
    panel = lines()
    for _ in range(9):
        panel.move(0, "right")
    assert words(panel._told) == "Line a is as far to the right as it goes already."
    assert panel.text.startswith(">>>>a ")


def test_buttons_stay_the_same_where_lines_move() -> None:
    """The browser makes none anew then, and the one that has the keyboard keeps it."""
    panel = lines()
    before = list(panel._lines.widget.children)
    panel.move(3, "down")
    assert all(one is other for one, other in zip(before, panel._lines.widget.children, strict=True))


def test_what_is_pressed_again_stays_chosen() -> None:
    panel = lines()
    panel._lines._buttons[0].value = False  # as the browser sends it
    assert pressed(panel._lines)[0] and panel._lines.chosen == 0


def test_nothing_moved_is_not_yet_an_answer() -> None:
    panel = lines()
    panel._check(None)
    assert "Not yet" in words(panel._said) and "still as they were" in words(panel._said)


def test_an_answer_is_chosen_and_judged() -> None:
    panel = answers()
    assert words(panel._told) == "Nothing is chosen yet." and panel.chosen is None
    panel._check(None)
    assert words(panel._told) == "Choose an answer first." and panel._said.value == ""
    right = list(panel.exercise.answers).index(panel.exercise.right)
    wrong = (right + 1) % len(panel.exercise.answers)
    panel._answers._buttons[wrong].value = True  # as the browser sends it
    assert words(panel._told) == f"Chosen: {panel.chosen}." and panel.chosen != panel.exercise.right
    panel._check(None)
    assert "Look again" in words(panel._said)
    panel._answers.press(right)
    assert sum(pressed(panel._answers)) == 1
    panel._check(None)
    assert "Done" in words(panel._said)
    status, chart = panel._said.value.split("<figure", maxsplit=1)
    assert status.count("<div") == status.count("</div>")  # a chart is not read out with the result
    assert chart


def test_a_check_that_breaks_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for panel in (lines(), answers()):
        if isinstance(panel, ChoicePanel):
            panel._answers.press(0)
        monkeypatch.setattr(panel, "_judge", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            panel._check(None)
        assert "did not come to an end" in words(panel._said)
