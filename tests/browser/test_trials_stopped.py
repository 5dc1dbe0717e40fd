"""Trials in a real JupyterLab: the Stop button ends them and Run All with them, and the cell run again goes on."""

import pytest
from lab_page import LabPage
from live_lab import LiveLab
from playwright.sync_api import Page, expect

from browser.small_notebook import write_notebook

pytestmark = pytest.mark.xdist_group("a browser")

ASYNCHRONOUS = """import asyncio
from helpers import trials

async def waits(seconds):
    await asyncio.sleep(seconds)

def short(): return waits(0.1)
def long(): return waits(1.5)"""

PLAIN = """import time
from helpers import trials

def short(): time.sleep(0.1)
def long(): time.sleep(1.5)"""

TRIALS = """result = await trials({"short": short, "long": long}, rounds=2, warm_up=1)
result"""


@pytest.mark.parametrize("functions", [ASYNCHRONOUS, PLAIN], ids=["asynchronous", "plain"])
def test_stopped_trials_go_on_when_the_cell_is_run_again(lab: LiveLab, page: Page, functions: str) -> None:
    cells = {"functions": functions, "trials": TRIALS, "runs": "print(*result.runs['outcome'])"}
    write_notebook(lab.root / "trials.ipynb", cells)
    lab_page = LabPage(page)
    lab_page.open(lab, "trials.ipynb")
    lab_page.start_all()
    progress = lab_page.cell("trials").locator(".trials-progress")
    expect(progress).to_contain_text("Now round 1, long; ", timeout=60_000)
    lab_page.stop()
    lab_page.wait_for_end(60)
    expect(progress).to_contain_text("Run the cell again to go on from there.")
    [error] = lab_page.state()["errors"]
    assert "KeyboardInterrupt" in error or "CancelledError" in error
    assert lab_page.state()["not_run"] == ["runs"], "Run All went on after the stop"

    lab_page.start("trials")
    expect(progress).to_contain_text("Going on after ", timeout=60_000)
    expect(progress).to_contain_text("6 runs in shuffled order; 2 warm-up runs (grey) not counted.", timeout=60_000)
    chart = lab_page.cell("trials").locator("img")
    chart.wait_for(timeout=60_000)
    assert "2 of 5" in (chart.get_attribute("alt") or "")
    outcomes = lab_page.run("runs").split()
    assert outcomes.count("ok") == 6
    assert len(outcomes) <= 7
