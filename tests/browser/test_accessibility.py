"""What we show is open to all: axe finds nothing serious in it, and the panels are worked by keyboard alone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from lab_page import PANEL, LabPage
from live_lab import LiveLab
from playwright.sync_api import Keyboard, Locator, Page, expect

from browser.small_notebook import write_notebook
from helpers import practice_api

pytestmark = pytest.mark.xdist_group("a browser")

END = 60_000.0
"""Milliseconds that a wait may take on a busy machine before the test fails."""

# Each kind of output once: what is made of the same parts as another is left out.
SHOWN = {
    "setup": """import asyncio, aiohttp
from helpers import *
from helpers.choosing.advice import Advice
from helpers.choosing.estimates import MODELS, estimates
from helpers.choosing.machine import Machine, Price
from helpers.choosing.sync_and_async import SyncAndAsync
from helpers.choosing.workload import Workload
from helpers.exercises.bench.check_result import CheckResult
from helpers.exercises.finding import Finding
from helpers.exercises.panels.outcome import Outcome
from helpers.scratch_kernel.cell import ScratchCell
from helpers.scratch_kernel.cells import ScratchRun
from helpers.servers.django_project import show_source
api = practice_api()

async def fetch_all(n=3, delay=0.01, limit=10):
    async with aiohttp.ClientSession() as session:
        for _ in range(n):
            async with session.get(api.url("/countries/FR", delay=delay)) as response:
                await response.read()""",
    "server": "api",
    "run": "with measure('at the door', predict=0.2) as run:\n    await fetch_all()\nrun",
    "failed": """with expect(ZeroDivisionError):
    with measure('at the door') as failed:
        await fetch_all(2)
        1 / 0
failed""",
    "table": "run.requests[['path', 'latency']]",
    "trials": "await trials({'one': lambda: None, 'two': lambda: None}, rounds=2)",
    "order": "order('together-under-wsgi')",
    "choose": "choose('awaited-in-vain')",
    "check": """seen = CheckResult([Finding("One in flight.", "Each waits.", "The stack")], "Seen.", printed="x")
for state in ("again", "not yet", "done"):
    display(Outcome("stack-not-stairs", "all at once", state, seen, "What next"))""",
    "solution": "solution('stack-not-stairs')",
    "progress": "progress()",
    "explore": "panel = explore(fetch_all, n=(1, 200), delay=(0.01, 0.05), limit=[10, 100, None])\npanel",
    "chat": "chat = chat_panel('Ada')\nchat.join()\nawait chat.connected()\nchat.say('hello')\nchat",
    "plot": """plot = live_plot('latency')
async def some():
    plot.add(0.1)
plot.start(some())
await plot.ended()
plot""",
    "cells": "ScratchRun('cells', [ScratchCell('1', 'ran', 1, '1'), ScratchCell('2', 'lost')], 2, 1.0, over=True)",
    "advice": """prices = dict.fromkeys(MODELS, Price(0.001, 0.001, 0.1))
workload = Workload(0.1, 0.0, 50, 50, None, "both", "script")
Advice(workload, estimates(workload, Machine(2, prices)))""",
    "source": "show_source('views/converting.py', 'query')",
    "both": """class Chapter12(SyncAndAsync):
    rows = [('Blocking', 'holds its thread', 'holds the loop')]
Chapter12({}, {}, {}, {}, {}, None)""",
}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
CHANGE_THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
# JupyterLab's page stands in a body without a height: axe takes all of it for hidden, and looks at no colour.
HIGH_BODY = "body {height: 100vh}"
FITS = """panel => document.querySelector(panel + ' .jp-WindowedPanel-outer').clientHeight
    >= document.querySelector(panel + ' .jp-WindowedPanel-inner').clientHeight"""
VIOLATIONS = """async within => {
    const found = await axe.run(within, {resultTypes: ['violations', 'passes'], iframes: false});
    const seen = found.passes.find(rule => rule.id === 'color-contrast')?.nodes.length ?? 0;
    const all = found.violations.filter(rule => ['serious', 'critical'].includes(rule.impact)).flatMap(
        ({id, nodes}) => nodes.map(node => `${id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`));
    return [seen, all];
}"""
# What axe must find: words as pale as their ground, and something to press without a name.
PLANT = """within => document.querySelector(within + ' .jp-OutputArea-output').insertAdjacentHTML('afterbegin',
    '<div id="planted"><b class="planted" style="color:#999;background:#aaa">words</b>'
    + '<div class="planted" role="slider" tabindex="0" aria-valuenow="1"></div></div>')"""


def violations(page: Page, within: str) -> tuple[int, list[str]]:
    """In how many places axe has found the colours to be right, and what it found serious or critical."""
    page.evaluate(AXE_SCRIPT)
    seen, found = page.evaluate(VIOLATIONS, within)
    return seen, found


def change_theme(page: Page, theme: str) -> None:
    """As from the Settings menu; wait until the page has its colours."""
    page.evaluate(CHANGE_THEME, THEMES[theme])
    page.wait_for_selector(f"body[data-jp-theme-name='{THEMES[theme]}']")
    page.wait_for_selector("#jupyterlab-splash", state="detached")  # it covers the page meanwhile


@pytest.fixture(scope="module")
def shown(lab: LiveLab, page: Page) -> Iterator[LabPage]:
    """The notebook with all of it, run to its end, in a window that is high enough for it."""
    write_notebook(lab.root / "shown.ipynb", SHOWN)
    lab_page = LabPage(page)
    lab_page.open(lab, "shown.ipynb")
    lab_page.start_all()
    lab_page.wait_for_end(120)
    assert lab_page.state()["errors"] == []
    window = page.viewport_size
    assert window is not None
    page.set_viewport_size({"width": 1280, "height": 10_000})
    page.add_style_tag(content=HIGH_BODY)
    page.wait_for_function(FITS, arg=PANEL)  # JupyterLab lays itself out anew a moment after its window has grown
    lab_page.scroll_to(0)
    yield lab_page
    page.set_viewport_size(window)


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_of_ours_is_in_anybodys_way(shown: LabPage, theme: str) -> None:
    page, ours = shown.page, f"{PANEL} .jp-OutputArea"
    change_theme(page, theme)
    try:
        page.evaluate(PLANT, ours)
        seen, found = violations(page, ours)
    finally:
        change_theme(page, "light")
        page.locator("#planted").evaluate("planted => planted.remove()")
    assert seen > 100, "axe has looked at hardly any words"
    assert [each for each in found if "planted" not in each] == []
    assert len(found) == 2, "axe is blind: it does not see what was planted"


def test_nothing_on_the_pages_of_the_practice_api_is_in_anybodys_way(page: Page) -> None:
    api = practice_api()
    assert page.context.browser is not None
    alone = page.context.browser.new_page()
    try:
        for address in ("/", "/routes"):
            alone.goto(api.base + address)
            for scheme in ("light", "dark"):
                alone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                seen, found = violations(alone, "body")
                assert found == []
                assert seen > 5, "axe has looked at hardly any words"
    finally:
        alone.close()


def told(cell: Locator, words: str) -> None:
    expect(cell.get_by_role("status").first).to_contain_text(words, timeout=END)


def test_lines_are_moved_and_an_answer_chosen_by_keyboard_and_told_in_text(shown: LabPage) -> None:
    keyboard, order, choose = shown.page.keyboard, shown.cell("order"), shown.cell("choose")
    told(order, "Chosen: line a, place 1 of 4, at the left.")
    order.locator(".wm-lines button").first.focus()
    press(keyboard, "Tab", "Space")
    told(order, "Chosen: line b, place 2 of 4")
    press(keyboard, *["Tab"] * 3, "Enter")  # past the other lines, to "up"
    told(order, "Line b moved up: place 1 of 4")
    told(choose, "Nothing is chosen yet.")
    choose.locator(".wm-one-of button").first.focus()
    press(keyboard, "Tab", "Space")
    told(choose, "Chosen: b.")


def test_knobs_are_turned_by_keyboard_and_told_in_text(shown: LabPage) -> None:
    keyboard, cell = shown.page.keyboard, shown.cell("explore")
    told(cell, "Ready for fetch_all(n=3, delay=0.01, limit=10).")
    field = cell.get_by_label("n", exact=True)
    field.focus()
    press(keyboard, "Control+a", "4", "ArrowUp", "Tab")  # a field takes the arrow keys: JupyterLab leaves them to it
    told(cell, "Ready for fetch_all(n=5, delay=0.01, limit=10).")
    press(keyboard, "Tab", "Space")  # past "less", to "more"
    told(cell, "Ready for fetch_all(n=7, delay=0.01, limit=10).")
    press(keyboard, *["Tab"] * 6, "Space")  # over the other field and its buttons, and the list, to "next"
    told(cell, "Ready for fetch_all(n=7, delay=0.01, limit=100).")
    press(keyboard, "Tab", "Enter")
    told(cell, "fetch_all(n=7, delay=0.01, limit=100) took")


def press(keyboard: Keyboard, *keys: str) -> None:
    for key in keys:
        keyboard.press(key)
