"""Put the notebooks into the form in which they are committed: no outputs, nothing that changes from run to run, and
the minutes that a chapter takes as they are counted.

`python tools/format_notebooks.py` rewrites what is not in that form, `--check` only names it.
JupyterLab writes keys in alphabetical order and one space deep, as is done here, so that saving there changes little.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from course_sections import minutes_in_words

ROOT = Path(__file__).resolve().parents[1]

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

# What an author sets by hand. All else (timings, "trusted", "scrolled" ...) is a trace of running and editing.
CELL_METADATA = ("slideshow", "tags")
JUPYTER_METADATA = ("source_hidden",)

# What nbformat (8 digits) and JupyterLab (a UUID) make up.
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?")
HEADING = re.compile(r"^#{1,6} +(.+)", re.MULTILINE)
MINUTES = re.compile(r"^\*\d+ minutes[^·*\n]*(?= · |\*$)", re.MULTILINE)


def source_of(cell: dict[str, Any]) -> str:
    """Return a cell's text as one string; the file may hold a list of lines."""
    return "".join(cell["source"])


def _slug(text: str) -> str:
    """Return a heading as the beginning of an id: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:40].strip("-") or "cell"


def _name_cells(cells: list[dict[str, Any]]) -> None:
    """Give an id to each cell that has none, a random one or one taken before: its section's heading, and a number."""
    taken: set[str] = set()
    section = "start"
    for cell in cells:
        heading = HEADING.search(source_of(cell)) if cell["cell_type"] == "markdown" else None
        if heading:
            section = _slug(heading[1])
        name = cell.get("id", "")
        if not name or RANDOM_ID.fullmatch(name) or name in taken:
            kept = {other.get("id") for other in cells} | taken
            names = [section, *(f"{section}-{number}" for number in range(2, len(cells) + 2))]
            name = next(candidate for candidate in names if candidate not in kept)
        cell["id"] = name
        taken.add(name)


def _clean_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return what the author has set, without what is empty."""
    kept = {key: metadata[key] for key in CELL_METADATA if metadata.get(key)}
    jupyter = {key: value for key, value in metadata.get("jupyter", {}).items() if key in JUPYTER_METADATA and value}
    return kept | ({"jupyter": jupyter} if jupyter else {})


def _clean_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """Return a cell without outputs, execution count and passing metadata, its text as a list of lines."""
    kept = {"cell_type": cell["cell_type"], "id": cell["id"], "metadata": _clean_metadata(cell["metadata"])}
    if cell["cell_type"] == "code":
        kept |= {"execution_count": None, "outputs": []}
    text = source_of(cell).replace("\r\n", "\n").rstrip("\n")
    return kept | {"source": re.findall(r".*\n|.+", text)}


def _state_minutes(cells: list[dict[str, Any]]) -> None:
    """Put the minutes that the chapter takes into the line under its title."""
    title = cells[0] if cells and cells[0]["cell_type"] == "markdown" else None
    if title and MINUTES.search(source_of(title)):
        title["source"] = MINUTES.sub(f"*{minutes_in_words(cells)}", source_of(title), count=1)


def formatted(text: str) -> str:
    """Return a notebook file's text in the committed form.

    Raises ValueError for what is no notebook of format 4, and nbformat.ValidationError for a faulty one.
    """
    notebook = json.loads(text)
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise ValueError("not a notebook of format 4")
    _name_cells(notebook["cells"])
    _state_minutes(notebook["cells"])
    clean = {
        "cells": [_clean_cell(cell) for cell in notebook["cells"]],
        "metadata": NOTEBOOK_METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    import nbformat  # which builds the grammar of web addresses as it is imported: two seconds

    nbformat.validate(clean)
    return json.dumps(clean, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Format every notebook of the course, or with --check say which are not; return the exit status."""
    if arguments not in ([], ["--check"]):
        sys.exit("Usage: python tools/format_notebooks.py [--check]")
    changed = 0
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        new = formatted(text)
        if new != text:
            changed += 1
            print(f"{path.name}: {'not formatted' if arguments else 'formatted'}")
            if not arguments:
                path.write_text(new, encoding="utf-8", newline="\n")
    return 1 if arguments and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
