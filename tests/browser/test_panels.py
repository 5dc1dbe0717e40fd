"""The panels of the exercises by keyboard alone, and what a screen reader is told of them."""

import pytest
from lab_page import LabPage
from live_lab import LiveLab
from playwright.sync_api import Locator, Page, expect

from browser.small_notebook import write_notebook

pytestmark = pytest.mark.xdist_group("a browser")

END = 60_000.0
"""Milliseconds that a wait may take on a busy machine before the test fails."""

FOCUSED = "() => document.activeElement.innerText"


def opened(lab: LiveLab, page: Page, cell: str) -> Locator:
    """The output of one cell, in a notebook of its own."""
    lab_page = LabPage(page)
    write_notebook(lab.root / "panel.ipynb", {"only": f"from helpers import choose, order\n\n{cell}"})
    lab_page.open(lab, "panel.ipynb")
    lab_page.run("only")
    return lab_page.cell("only").locator(".jp-OutputArea")


def said(panel: Locator, at: int, text: str) -> None:
    expect(panel.get_by_role("status").nth(at)).to_contain_text(text, timeout=END)


def test_lines_are_put_in_order_by_keyboard(lab: LiveLab, page: Page) -> None:
    panel = opened(lab, page, 'order("together-under-wsgi")')
    lines = panel.locator(".wm-lines button")
    expect(lines).to_have_count(4, timeout=END)
    lines.nth(0).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    said(panel, 0, "Chosen: line c, place 3 of 4, at the left.")
    assert page.evaluate(FOCUSED).startswith("c ")  # the keyboard is where it was
    assert [line.get_attribute("title") for line in lines.all()].count("chosen") == 1
    for _ in range(2):  # past line d, to "up"
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(panel, 0, "Line c moved up: place 2 of 4")
    page.keyboard.press("Space")
    said(panel, 0, "Line c moved up: place 1 of 4")
    assert page.evaluate(FOCUSED).strip() == "up"
    for press in (*["Shift+Tab"] * 2, "Space"):  # the lines are c a b d now
        page.keyboard.press(press)
    said(panel, 0, "Chosen: line b, place 3 of 4")
    for press in (*["Tab"] * 2, "Space"):
        page.keyboard.press(press)
    said(panel, 0, "Line b moved up: place 2 of 4")
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED).strip() == "Check"
    page.keyboard.press("Space")
    said(panel, 1, "Look again")
    assert page.evaluate(FOCUSED).strip() == "Check"


def test_an_answer_is_chosen_by_keyboard(lab: LiveLab, page: Page) -> None:
    panel = opened(lab, page, 'choose("awaited-in-vain")')
    answers = panel.locator(".wm-one-of button")
    expect(answers).to_have_count(3, timeout=END)
    said(panel, 0, "Nothing is chosen yet.")
    answers.nth(0).focus()
    page.keyboard.press("Space")
    said(panel, 0, "Chosen: a.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(panel, 0, "Chosen: b.")
    assert page.evaluate(FOCUSED).startswith("b ")
    assert [answer.get_attribute("title") for answer in answers.all()].count("chosen") == 1
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED).strip() == "Check"
    page.keyboard.press("Enter")
    said(panel, 1, "Done")
    assert page.evaluate(FOCUSED).strip() == "Check"
