"""The first notebooks in a real JupyterLab: run from the Run menu, with what a reader must find there."""

from pathlib import Path

import pytest
from lab_page import LabPage, save_scrolled
from live_lab import LiveLab
from playwright.sync_api import Page

from browser.small_notebook import write_notebook

pytestmark = pytest.mark.xdist_group("a browser")

RUN_SECONDS = 180.0

# What is on the page below the notebook's cells, read from the page itself.
IMAGES = """() => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea img')]
    .map(image => [image.naturalWidth, image.alt.trim()])"""
CARDS = "() => document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea .run-card').length"
SIDEWAYS = """() => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output')]
    .filter(output => output.scrollWidth > output.clientWidth + 1).length"""


@pytest.mark.parametrize(("name", "least_runs"), [("00_start_here", 2), ("01_blocking_calls", 7)])
def test_notebook_runs_from_the_menu(
    lab: LiveLab, page: Page, screenshots: Path | None, name: str, least_runs: int
) -> None:
    lab_page = LabPage(page)
    lab_page.open(lab, f"notebooks/{name}.ipynb")
    lab_page.start_all()
    lab_page.wait_for_end(RUN_SECONDS)
    if screenshots:
        (screenshots / name).mkdir(parents=True, exist_ok=True)
        save_scrolled(lab_page, screenshots / name)

    assert lab_page.state()["errors"] == []
    assert "127.0.0.1" in lab_page.cell("setup").locator(".jp-OutputArea").inner_text()  # the practice API's card
    assert page.evaluate(CARDS) >= least_runs
    images = page.evaluate(IMAGES)
    assert len(images) >= least_runs
    for width, alt in images:
        assert width > 0
        assert len(alt) > 20, f"an image's alternative text is {alt!r}"
    assert page.evaluate(SIDEWAYS) == 0, "an output is wider than the page"
    assert page.locator(".jp-Dialog, .jp-toastContainer .Toastify__toast").count() == 0


SLEEP = """import asyncio
from helpers import measure

with measure("interrupted") as run:
    print("now asleep")
    await asyncio.sleep(150)
"""


def test_stop_button_ends_an_open_block(lab: LiveLab, page: Page) -> None:
    """Without the block the loop wakes only at the sleep's end, and Stop has no effect before."""
    lab_page = LabPage(page)
    write_notebook(lab.root / "stop.ipynb", {"only": SLEEP})
    lab_page.open(lab, "stop.ipynb")
    lab_page.start_all()
    lab_page.cell("only").get_by_text("now asleep", exact=True).wait_for()
    page.wait_for_timeout(500)  # the sleep has begun
    lab_page.stop()
    lab_page.wait_for_end(90)
    [error] = lab_page.state()["errors"]
    assert "KeyboardInterrupt" in error or "CancelledError" in error
