"""What a reader does with a notebook in JupyterLab, done in a headless Chromium through Playwright."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from live_lab import LiveLab
from playwright.sync_api import Locator, Page, sync_playwright

# Chromium's own sandbox does not start in containers; the rest keeps it from asking the internet anything.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]

OPEN_SECONDS = 60.0
REPEATED_PIXELS = 40  # shown again on the next screenful, so that nothing is cut in two
AROUND_PIXELS = 300  # more than JupyterLab takes for its bars above and below the notebook
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"

# Everything is asked in one go, so that the parts of the answer belong together.
STATE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(
        cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim());
    return {
        kernel: panel.sessionContext.session?.kernel?.status ?? 'none',
        not_run: cells.filter(cell => !cell.model.executionCount).map(cell => cell.model.id),
        errors: cells.flatMap(cell => cell.model.outputs.toJSON()
            .filter(output => output.output_type === 'error')
            .map(output => `${cell.model.id}: ${output.ename}: ${output.evalue}`)),
    };
}"""
CELL_IDS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.id)"
# As from the File menu, but for the question whether to save what the last notebook has come to.
OPEN = """async path => {
    const { commands, shell } = window.jupyterapp;
    for (const widget of [...shell.widgets('main')]) {
        if (widget.context) {
            widget.context.model.dirty = false;
        }
        widget.close();
    }
    const opened = await commands.execute('docmanager:open', { path });
    await opened.context.ready;
}"""
SCROLL = """([panel, position]) => {
    const scroller = document.querySelector(panel + ' .jp-WindowedPanel-outer');
    const end = document.querySelector(panel + ' .jp-WindowedPanel-inner');
    scroller.scrollTop = position;
    return [scroller.clientHeight, end.clientHeight];
}"""


class LabPage:
    """One notebook, open in the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, lab: LiveLab, notebook: str) -> None:
        """Open `notebook` (a path from the lab's root) alone, and wait until its kernel is ready."""
        if self.page.url.startswith(lab.url):  # JupyterLab is there: to load it once more takes seconds of computing
            self.page.evaluate(OPEN, notebook)
        else:
            self.page.goto(lab.address(notebook))
        self.page.wait_for_selector(f"{PANEL} .jp-Cell", timeout=OPEN_SECONDS * 1000)
        self._wait_until(lambda state: state["kernel"] == "idle", OPEN_SECONDS)

    def start_all(self) -> None:
        """Click Run All Cells in the Run menu, and return at once."""
        self.page.locator(".lm-MenuBar-item").get_by_text("Run", exact=True).click()
        # The words "Run All Cells" are those of two items.
        self.page.locator(".lm-Menu-item[data-command='runmenu:run-all']:not(.lm-mod-disabled)").click()

    def start(self, cell_id: str) -> None:
        """Run a cell with Shift+Enter, and return at once."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def run(self, cell_id: str, seconds: float = 60.0) -> str:
        """Run a cell with Shift+Enter, wait for its end, and return the text of its outputs."""
        self.start(cell_id)
        self.page.wait_for_timeout(300)  # until then its last run may be taken for this one
        self.wait_for_end(seconds)
        return self.cell(cell_id).locator(".jp-Cell-outputArea").inner_text()

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the kernel is idle, and every code cell has run or one has failed.

        Raises TimeoutError after `seconds`, naming the cells that have not run.
        """
        self._wait_until(lambda state: state["kernel"] == "idle" and _has_ended(state), seconds)

    def stop(self) -> None:
        """Click the Stop button of the notebook's toolbar."""
        self.page.locator(f"{PANEL} [data-command='notebook:interrupt-kernel']").click()

    def state(self) -> dict[str, Any]:
        """Return the kernel's status, the ids of the code cells not run, and the errors shown, by cell."""
        state: dict[str, Any] = self.page.evaluate(STATE)
        return state

    def cell(self, cell_id: str) -> Locator:
        """Return the cell with this id. Raises LookupError when there is none."""
        ids: list[str] = self.page.evaluate(CELL_IDS)
        if cell_id not in ids:
            raise LookupError(f"no cell has the id {cell_id!r}; there are: {', '.join(ids)}")
        return self.page.locator(f"{PANEL} .jp-Cell[data-windowed-list-index='{ids.index(cell_id)}']")

    def scroll_to(self, position: float) -> tuple[float, float]:
        """Scroll the notebook to `position`, pixels from its top; return the height in view and that of all cells."""
        in_view, whole = self.page.evaluate(SCROLL, [PANEL, position])
        return in_view, whole

    def _wait_until(self, holds: Callable[[dict[str, Any]], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not holds(state := self.state()):
            if time.monotonic() > until:
                raise TimeoutError(f"after {seconds:g} s JupyterLab is still at {state}")
            self.page.wait_for_timeout(100)


@contextmanager
def browser_page(executable: str, *, width: int = 1280, height: int = 800) -> Iterator[Page]:
    """Start a headless Chromium (the file `executable`) and give a page of `width` x `height` pixels in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser.new_page(viewport={"width": width, "height": height})
        finally:
            browser.close()


def save_scrolled(lab_page: LabPage, folder: Path) -> list[Path]:
    """Save what a reader sees from the top of the notebook to its end, one picture a screenful."""
    pictures: list[Path] = []
    position = 0.0
    while True:
        in_view, whole = lab_page.scroll_to(position)
        lab_page.page.wait_for_timeout(150)  # the page draws itself
        pictures.append(folder / f"screen-{len(pictures) + 1:02}.png")
        lab_page.page.screenshot(path=pictures[-1])
        if position + in_view >= whole:
            return pictures
        position = min(position + in_view - REPEATED_PIXELS, whole - in_view)


def save_cell(lab_page: LabPage, cell_id: str, folder: Path) -> Path:
    """Save a picture of one cell with its outputs, whole even where it is higher than the window."""
    page, cell = lab_page.page, lab_page.cell(cell_id)
    window = page.viewport_size
    box = cell.bounding_box()
    assert window is not None and box is not None
    picture = folder / f"cell-{cell_id}.png"
    page.set_viewport_size({"width": window["width"], "height": round(box["height"]) + AROUND_PIXELS})
    cell.screenshot(path=picture)
    page.set_viewport_size(window)
    return picture


def _has_ended(state: dict[str, Any]) -> bool:
    """Whether every code cell has run, or one has failed and is known as run: its number may come after its error."""
    failed = {error.partition(":")[0] for error in state["errors"]}
    return not state["not_run"] or bool(failed and failed.isdisjoint(state["not_run"]))
