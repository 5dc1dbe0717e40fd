"""Where the section is to which a finding points: a link to its heading in the exercise's notebook."""

import json
import re
from functools import lru_cache
from pathlib import Path

from helpers.exercises.catalogue import chapters

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_MARK = re.compile(r" · (core|more)$")
"""What a heading says of its section; no title is told with it."""


def link_to(exercise: str, heading: str) -> str:
    """The address of the section with that heading, for a page in the notebooks' folder; "" where it is not found.

    It names the cell. JupyterLab finds no heading by its anchor that has a sign such as "·" or a "=" in it.
    """
    chapter = next((number for number, those in chapters().items() if any(one.name == exercise for one in those)), "")
    path = next(iter(sorted(NOTEBOOKS.glob(f"{chapter}_*.ipynb"))), None) if chapter else None
    cell = "" if path is None else _cells(path, path.stat().st_mtime_ns).get(_plain(heading), "")
    return f"{path.name}#cell-id={cell}" if path is not None and cell else ""


@lru_cache(maxsize=20)
def _cells(path: Path, changed: int) -> dict[str, str]:
    """The id of the cell of each heading of a notebook, by the heading's words without its mark.

    `changed` is when the file was changed last: a notebook that has been edited is read again.
    """
    found: dict[str, str] = {}
    try:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for title in _HEADING.findall("".join(cell["source"])):
                    found.setdefault(_plain(_MARK.sub("", title)), cell["id"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # a card without a link is still a card
    return found


def _plain(heading: str) -> str:
    return re.sub(r"[`*]", "", heading)
