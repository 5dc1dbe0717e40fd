"""One JupyterLab and one browser for all browser tests, over a copy of the course's notebooks.

The files are one group, and so one worker's: to start both takes as long as several tests.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_page import browser_page
from live_lab import LiveLab
from playwright.sync_api import Page

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


# Not for the whole session: Playwright keeps an event loop running in this thread for as long as it is open, and
# the tests that come after could not call `asyncio.run`.
@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A running JupyterLab. At its end nothing that it has started may be left."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(NOTEBOOKS, root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with LiveLab(root, tmp_path_factory.mktemp("lab")) as running:
        yield running
    assert running.left_over == []


@pytest.fixture(scope="package")
def page(chromium: str) -> Iterator[Page]:
    """A browser's page of 1280 x 800 pixels."""
    with browser_page(chromium) as page:
        yield page


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Where pictures are wanted: the folder that the environment variable SCREENSHOTS names."""
    folder = os.environ.get("SCREENSHOTS")
    return Path(folder) if folder else None
