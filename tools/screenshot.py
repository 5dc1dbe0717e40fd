"""Run a notebook in a real JupyterLab and save what a reader sees.

    python tools/screenshot.py NOTEBOOK OUTDIR [--width 1280] [--height 800] [--dark] [--only CELL_ID ...]

Saves OUTDIR/screen-01.png, -02 ... from the top of the notebook to its end. With `--only`, it saves these cells
instead, whole, as OUTDIR/cell-ID.png. The notebook runs in a copy of its folder. The browser is the one that
tools/chromium.py finds. Exits with status 1, after saving, when a cell failed or did not end.
"""

import argparse
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from chromium import find_chromium
from lab_page import LabPage, browser_page, save_cell, save_scrolled
from live_lab import LiveLab

RUN_SECONDS = 180.0


def main() -> int:
    """Do what the head of this file says; return the exit status."""
    parser = argparse.ArgumentParser(description="Run a notebook in JupyterLab and save pictures of it.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--width", type=int, default=1280, help="of the browser's window, in pixels")
    parser.add_argument("--height", type=int, default=800)
    parser.add_argument("--dark", action="store_true", help="in JupyterLab's dark theme")
    parser.add_argument("--only", nargs="+", metavar="CELL_ID", help="save only these cells, each whole")
    given = parser.parse_args()
    if not given.notebook.is_file():
        parser.error(f"there is no notebook {given.notebook}")
    executable = find_chromium()
    if executable is None:
        parser.error("no Chromium, Chrome or Edge on this machine: install one, or name it in the variable CHROMIUM")
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        root = Path(scratch) / "course"
        shutil.copytree(given.notebook.parent, root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        with (
            LiveLab(root, Path(scratch), dark=given.dark) as lab,
            browser_page(executable, width=given.width, height=given.height) as page,
        ):
            lab_page = LabPage(page)
            lab_page.open(lab, f"notebooks/{given.notebook.name}")
            problems: list[str] = []
            try:
                lab_page.start_all()
                lab_page.wait_for_end(RUN_SECONDS)
            except TimeoutError as error:
                problems.append(str(error))
            problems += lab_page.state()["errors"]
            if given.only:
                pictures = [save_cell(lab_page, cell, given.folder) for cell in given.only]
            else:
                pictures = save_scrolled(lab_page, given.folder)
    print(*pictures, sep="\n")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
