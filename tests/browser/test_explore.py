"""The knob panel in a real JupyterLab: its knobs are moved and its buttons clicked, as a reader does."""

from pathlib import Path

import pytest
from lab_page import LabPage, save_cell
from live_lab import LiveLab
from playwright.sync_api import Locator, Page, expect

from browser.small_notebook import write_notebook

pytestmark = pytest.mark.xdist_group("a browser")

END = 60_000.0
"""Milliseconds. On a busy machine the first chart of a kernel takes some seconds."""

SET_UP = """import asyncio
import time
import aiohttp
from helpers import archive, explore, practice_api

api = practice_api()
panels, earlier = [], len(archive.all_runs())"""

FETCH_ALL = """async def fetch_all(n, delay=0.05, limit=100):
    print("asking for", n)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=limit or 0)) as session:
        await asyncio.gather(*(fetch(session, delay) for _ in range(n)))
    assert n > 1, "one is not many"

async def fetch(session, delay):
    async with session.get(api.url("/countries/FR", delay=delay)) as response:
        return await response.json()

panels.append(explore(fetch_all, n=(1, 200), delay=(0.01, 3.0), limit=[10, 100, None]))
panels[-1]"""

PLAIN = """def one_by_one(n=4):
    for _ in range(n):
        time.sleep(0.5)

panels.append(explore(one_by_one, n=(1, 20)))
panels[-1]"""

EVIDENCE = """print(*(repr(panel) for panel in panels), sep="\\n")
print("outcomes:", *(run.outcome for run in archive.all_runs()[earlier:]))
print("tasks:", sum(task.get_name().startswith("explore") for task in asyncio.all_tasks()))"""


class Panel:
    """A knob panel on the page."""

    def __init__(self, cell: Locator) -> None:
        self.box = cell.locator(".explore-panel")
        self.status = self.box.locator("[role=status]")
        self.card = self.box.locator(".run-card")
        self.rows = self.box.locator(".explore-runs tbody tr")
        self.run = self.box.get_by_role("button", name="Run")
        self.stop = self.box.get_by_role("button", name="Stop")

    def set(self, name: str, value: str) -> None:
        """Type a number into a knob's field."""
        field = self.box.get_by_label(name, exact=True)
        field.fill(value)
        field.press("Enter")

    def more(self, name: str) -> None:
        self.box.get_by_title(f"more {name}", exact=True).click()

    def choose(self, value: str) -> None:
        self.box.locator("select").select_option(value)

    def expect_status(self, words: str) -> None:
        expect(self.status).to_contain_text(words, timeout=END)


@pytest.fixture
def lab_page(lab: LiveLab, page: Page) -> LabPage:
    """A notebook with two panels, run to its end."""
    cells = {"setup": SET_UP, "fetch": FETCH_ALL, "plain": PLAIN, "evidence": EVIDENCE}
    write_notebook(lab.root / "explore.ipynb", cells)
    opened = LabPage(page)
    opened.open(lab, "explore.ipynb")
    opened.start_all()
    opened.wait_for_end(60)
    assert opened.state()["errors"] == []
    return opened


@pytest.fixture
def fetch(lab_page: LabPage) -> Panel:
    return Panel(lab_page.cell("fetch"))


@pytest.fixture
def plain(lab_page: LabPage) -> Panel:
    return Panel(lab_page.cell("plain"))


def test_knobs_are_moved_and_the_run_is_drawn(lab_page: LabPage, fetch: Panel, screenshots: Path | None) -> None:
    fetch.expect_status("Ready for fetch_all(n=15, delay=0.05, limit=100)")
    fetch.more("n")
    fetch.more("n")
    fetch.choose("10")
    fetch.expect_status("Ready for fetch_all(n=30, delay=0.05, limit=10)")
    fetch.run.click()
    fetch.expect_status("fetch_all(n=30, delay=0.05, limit=10) took")
    expect(fetch.run).to_be_enabled()
    expect(fetch.card).to_contain_text("fetch_all")
    expect(fetch.card).to_contain_text("server: at most in flight10")
    assert len(fetch.box.locator("img").get_attribute("alt") or "") > 20
    expect(fetch.box.get_by_text("asking for 30", exact=True)).to_be_visible()

    fetch.set("delay", "3")
    fetch.choose("None")
    fetch.set("n", "2")
    # The page holds back a second change until the kernel has answered the first, but it does not hold back a click.
    fetch.expect_status("Ready for fetch_all(n=2, delay=3, limit=None)")
    fetch.run.click()
    fetch.expect_status("fetch_all(n=2, delay=3, limit=None) took 3.")
    expect(fetch.rows).to_have_count(2)
    expect(fetch.box.get_by_text("asking for 2", exact=True)).to_be_visible()
    expect(fetch.box.get_by_text("asking for 30", exact=True)).to_have_count(0)
    if screenshots:
        save_cell(lab_page, "fetch", screenshots)


def test_a_second_click_is_not_queued_and_stop_ends_it(lab_page: LabPage, fetch: Panel) -> None:
    fetch.set("delay", "3")
    fetch.run.click()
    fetch.expect_status("Running fetch_all(n=15, delay=3, limit=100)")
    fetch.run.click()
    fetch.expect_status("Still running, so that click did nothing")
    fetch.stop.click()
    fetch.expect_status("Stopped fetch_all(n=15, delay=3, limit=100) after")
    expect(fetch.rows).to_have_count(1)
    text = lab_page.run("evidence")
    assert "outcomes: interrupted\n" in text
    assert "tasks: 0" in text


def test_an_error_is_shown_under_the_panel_which_lives_on(lab_page: LabPage, fetch: Panel) -> None:
    fetch.set("n", "1")
    fetch.run.click()
    fetch.expect_status("AssertionError in fetch_all(n=1, delay=0.05, limit=100) after")
    error = fetch.box.locator("[data-mime-type='application/vnd.jupyter.stderr'], .jp-RenderedText").filter(
        has_text="one is not many"
    )
    expect(error.first).to_contain_text('assert n > 1, "one is not many"')
    fetch.more("n")
    fetch.run.click()
    fetch.expect_status("fetch_all(n=2, delay=0.05, limit=100) took")
    expect(fetch.box.get_by_text("one is not many")).to_have_count(0)


def test_plain_code_says_that_it_blocks_and_the_notebooks_stop_button_ends_it(lab_page: LabPage, plain: Panel) -> None:
    expect(plain.box).to_contain_text("A plain function: while it runs, the kernel does nothing else")
    plain.run.click()
    plain.expect_status("The kernel is blocked until it ends")
    plain.run.click()  # it waits for the kernel, which must not take it for another run
    plain.expect_status("one_by_one(n=4) took 2.")
    lab_page.page.wait_for_timeout(1000)
    plain.expect_status("one_by_one(n=4) took 2.")
    plain.set("n", "20")
    plain.run.click()
    plain.expect_status("Running one_by_one(n=20). The kernel is blocked")
    lab_page.page.wait_for_timeout(500)
    lab_page.stop()
    plain.expect_status("Stopped one_by_one(n=20) after")
    expect(plain.rows).to_have_count(2)
    assert "outcomes: ok interrupted\n" in lab_page.run("evidence")


def test_a_cell_that_is_run_again_stops_its_old_panel(lab_page: LabPage, fetch: Panel) -> None:
    fetch.set("delay", "3")
    fetch.run.click()
    fetch.expect_status("Running fetch_all(n=15, delay=3, limit=100)")
    lab_page.run("fetch")
    fetch.expect_status("Ready for fetch_all(n=15, delay=0.05, limit=100)")
    text = lab_page.run("evidence")
    assert "<explore fetch_all(n=15, delay=3, limit=100), closed>" in text
    assert "<explore fetch_all(n=15, delay=0.05, limit=100), ready>" in text
    assert "<explore one_by_one(n=4), ready>" in text
    assert "outcomes: interrupted\n" in text
    assert "tasks: 0" in text
