"""The rules of the house for notebooks and pages. Each function returns what breaks one rule, one sentence a breach.

A notebook is the dictionary that its file holds; a page is Markdown text.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from format_notebooks import RANDOM_ID, source_of

Notebook = dict[str, Any]

MOST_LINES = 15
SLIDE_TYPES = ("slide", "subslide", "fragment", "skip", "notes", "-")
VAGUE_LINKS = ("here", "click here", "this", "this page", "link")

CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) +(.+?)[ #]*$", re.MULTILINE)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]+)\"")
HTML_IMAGE = re.compile(r"<img\b[^>]*>")
LINK_IN_CODE = re.compile(r"\]\(([\w./-]+\.(?:ipynb|md|py)(?:#[^)\s]*)?)\)")


def cells(notebook: Notebook, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of each cell of a kind ("code" or "markdown")."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == kind:
            yield cell.get("id", "(no id)"), source_of(cell)


def prose(notebook: Notebook) -> str:
    """Return all Markdown of a notebook as one page."""
    return "\n\n".join(text for _, text in cells(notebook, "markdown"))


def without_code(page: str) -> str:
    """Return a page without its code blocks and inline code, where a # is a comment and [0](x) is Python."""
    return CODE.sub("", page)


def servers_left(notebook: Notebook) -> list[str]:
    """A server that a cell starts is taken down although the cell fails or is interrupted. (A script ends with it.)"""
    started = [(name, text) for name, text in cells(notebook, "code") if not text.startswith("%%")]
    return [
        f"{name}: `cleanup()` belongs into a `finally`"
        for name, text in started
        if re.search(r"await \w+\.cleanup\(\)", text) and "finally:" not in text
    ]


def long_cells(notebook: Notebook) -> list[str]:
    """A code cell has at most 15 lines."""
    lengths = [(name, len(text.splitlines())) for name, text in cells(notebook, "code")]
    return [f"{name}: {length} lines, allowed are {MOST_LINES}" for name, length in lengths if length > MOST_LINES]


def meaningless_ids(notebook: Notebook) -> list[str]:
    """A cell's id says what the cell is about, and only one cell has it."""
    names = [cell.get("id", "") for cell in notebook["cells"]]
    random = [f"{name or 'a cell without an id'}: needs an id with a meaning" for name in names if _means_nothing(name)]
    return random + [f"{name}: two cells have this id" for name in sorted({n for n in names if names.count(n) > 1})]


def _means_nothing(name: str) -> bool:
    """Tell whether an id is missing, made by a program, or only a number."""
    return not name or RANDOM_ID.fullmatch(name) is not None or re.fullmatch(r"(cell-?)?\d+", name) is not None


def missing_slides(notebook: Notebook) -> list[str]:
    """Every cell says which part it has in the slides; what is for the instructor is in their notes, and folded."""
    breaches = []
    for cell in notebook["cells"]:
        slide = cell["metadata"].get("slideshow", {}).get("slide_type")
        if slide not in SLIDE_TYPES:
            breaches.append(f"{cell.get('id')}: slide type {slide!r}, allowed are {', '.join(SLIDE_TYPES)}")
        if "instructor" in cell["metadata"].get("tags", []):
            if slide != "notes":
                breaches.append(f"{cell.get('id')}: tagged instructor, so its slide type is notes, not {slide}")
            if not source_of(cell).startswith("<details>"):
                breaches.append(f"{cell.get('id')}: tagged instructor, so it is folded, for whoever reads alone")
    return breaches


def path_tricks(notebook: Notebook) -> list[str]:
    """`helpers` is installed, so no cell touches sys.path."""
    return [f"{name}: sys.path" for name, text in cells(notebook, "code") if re.search(r"\bsys\s*\.\s*path\b", text)]


def heading_breaches(page: str) -> list[str]:
    """A page has one heading of the first level, its first; no heading skips a level."""
    headings = [(len(marks), title) for marks, title in HEADING.findall(without_code(page))]
    if not headings:
        return ["no heading"]
    breaches = [f"{title!r}: a second heading of level 1" for level, title in headings[1:] if level == 1]
    if headings[0][0] != 1:
        breaches.append(f"{headings[0][1]!r}: the first heading is not of level 1")
    for (above, _), (level, title) in pairwise(headings):
        if level > above + 1:
            breaches.append(f"{title!r}: level {level} follows level {above}")
    return breaches


def images_without_alt(page: str) -> list[str]:
    """Every image has a text for those who do not see it."""
    page = without_code(page)
    markdown = [target for mark, text, target in LINK.findall(page) if mark and not text.strip()]
    html = [tag for tag in HTML_IMAGE.findall(page) if not re.search(r"\balt=\"[^\"]*\w", tag)]
    return [f"{image}: no alt text" for image in markdown + html]


def vague_links(page: str) -> list[str]:
    """A link's own words say where it leads."""
    links = LINK.findall(without_code(page))
    return [f"[{text}]({target}): vague" for mark, text, target in links if not mark and text.lower() in VAGUE_LINKS]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a file's headings: as JupyterLab makes them for a notebook, as Git hosts do for a page."""
    text = path.read_text(encoding="utf-8")
    is_notebook = path.suffix == ".ipynb"
    titles = [title for _, title in HEADING.findall(prose(json.loads(text)) if is_notebook else text)]
    plain = [re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in titles]
    if is_notebook:
        return {title.replace(" ", "-") for title in plain}
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in plain}


def broken_links(path: Path, page: str, code: str = "") -> list[str]:
    """Every link inside the course leads to a file that is there, and to a heading that is in it.

    `path` is the file that the page and the code, a notebook's code cells, stand in. Nothing is asked of the internet.
    """
    text = without_code(page)
    targets = [target for _, _, target in LINK.findall(text)] + HTML_LINK.findall(text) + LINK_IN_CODE.findall(code)
    breaches = []
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = unquote(target).partition("#")
        leads_to = path.parent / file if file else path
        if file.startswith("/") or not leads_to.exists():
            breaches.append(f"{target}: no such file beside {path.name}")
        elif anchor and leads_to.suffix in (".ipynb", ".md") and anchor not in anchors(leads_to):
            breaches.append(f"{target}: no such heading; there are {', '.join(sorted(anchors(leads_to)))}")
    return breaches
