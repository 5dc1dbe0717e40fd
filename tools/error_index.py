"""Where the course meets an error: docs/errors.md, made from the executed notebooks.

    python tools/error_index.py

It runs every notebook once, with a history of its own, which takes some minutes. Messages that differ in a port, an
address or a timeout are one.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import nbformat
from course_sections import sections
from html_text import text_of_html
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "errors.md"
CELL_SECONDS = 120

KIND = r"(?:[a-z_]\w*\.)*(?=[A-Z])\w*(?:Error|Warning|Timeout|ExceptionGroup|OnlyOperation)"
"""A class's name, with its module where Python prints that."""
MESSAGE = re.compile(rf"^(?:\s*with |E +|[^:{{(]*: )?({KIND})(?:: (.+))?$")
"""A line such as Python's last one of a traceback, as `expect(...)` prints it too, and pytest behind an E."""
COLOUR = re.compile(r"\x1b\[[\d;]*m")
"""What a terminal makes a colour of, as in pytest's output."""
IN_DATA = re.compile(rf"'?\b({KIND})'?(?:, |: |,\s*'message': )(\d+\b|'[^']*')")
"""A name with its message in a printed set or answer, or with how often it came."""
WITHOUT_NAME = {
    "database is locked": "sqlite3.OperationalError",
    "Too many open files": "aiohttp.client_exceptions.ClientConnectorError",
    "Unclosed connector": "ResourceWarning",
}
"""What a page prints without saying of what kind it is."""
VARYING = [
    (re.compile(r"(http://127\.0\.0\.1:)\d+[^\s']*"), r"\1PORT/…"),
    (re.compile(r"(127\.0\.0\.1:|127\.0\.0\.1', |port[= ])\d+"), r"\1PORT"),
    (re.compile(r"(timeout=)[\d.]+"), r"\1SECONDS"),
    (re.compile(r"Task <.*> got Future <.*> attached"), "Task <…> got Future <…> attached"),
    (re.compile(r"0x[0-9a-f]+"), "0x…"),
    (re.compile(r" \(\d+\.py, line \d+\)$"), ""),
    (re.compile(r" \([\d,]+ times\)$"), ""),
]

HEAD = """# Errors that the course meets

What a program prints when one of these happens, and where the course has it happen: there you see what leads to it,
and what to do. `PORT` and `SECONDS` stand for numbers. Search for a part of the message with none of your own names.

Made by `python tools/error_index.py`, which runs all notebooks. The words are those of the Python and the libraries
that it ran with; other versions may have others.

| message | chapter: section |
|---|---|
"""


class Met(NamedTuple):
    """An error: its class, with its module where that is printed, and what it says, or ""."""

    kind: str
    message: str

    @property
    def name(self) -> str:
        """The class without its module."""
        return self.kind.rpartition(".")[2]

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" if self.message else self.kind


class Place(NamedTuple):
    """A section of a notebook: the notebook's file, its title, and the section's."""

    notebook: str
    chapter: str
    section: str

    def __str__(self) -> str:
        return f"[{self.chapter}](../notebooks/{self.notebook}): {self.section}"


def errors_in(outputs: Iterable[Mapping[str, Any]]) -> list[Met]:
    """Return the errors that the outputs of a cell tell of, in the form that a notebook's file has them."""
    found: dict[Met, None] = {}
    for text in map(_text, outputs):
        text = COLOUR.sub("", text)
        others = []
        for line in text.splitlines():
            if said := MESSAGE.match(line):
                message = re.split(rf", (?={KIND}: )", said[2] or "")[0]
                found[Met(said[1], "" if message.isdecimal() else _same(message))] = None
            elif not line.startswith("FAILED "):  # pytest's summary, which cuts what it has said before
                others.append(line)
        for kind, message in IN_DATA.findall("\n".join(others)):
            found[Met(kind, _same(message.strip("'")) if message.startswith("'") else "")] = None
        for message, kind in WITHOUT_NAME.items():
            if message in text:
                found[Met(kind, message)] = None
    return list(found)


def _same(message: str) -> str:
    for varying, instead in VARYING:
        message = varying.sub(instead, message)
    return message


def _text(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "stream":
        return str(output["text"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    data = output.get("data", {})
    return text_of_html(data["text/html"]) if "text/html" in data else str(data.get("text/plain", ""))


def errors_of(notebook: Path) -> Iterator[tuple[Met, Place]]:
    """Run a notebook and yield the errors that it shows, each with its section."""
    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(content, timeout=CELL_SECONDS, resources={"metadata": {"path": str(notebook.parent)}})
    client.execute(stdout=DEVNULL, stderr=DEVNULL)
    parts = sections(content["cells"])
    chapter = next(line for cell in parts[0].cells for line in cell["source"].splitlines() if line.startswith("# "))
    for part in parts:
        place = Place(notebook.name, chapter.removeprefix("# "), part.title)
        for cell in part.cells:
            for met in errors_in(cell.get("outputs", [])):
                yield met, place


def page_of(found: Iterable[tuple[Met, Place]]) -> str:
    """Return the page: a row for each error, by the name of its class, with all its places."""
    found = list(found)
    places: dict[Met, dict[Place, None]] = {}
    for met, place in found:
        places.setdefault(_with_module(met, place, found), {})[place] = None
    rows = [
        f"| {_as_code(str(met))} | {'<br>'.join(map(str, places[met]))} |\n"
        for met in sorted(places, key=lambda met: (met.name, met.message))
    ]
    return HEAD + "".join(rows)


def _with_module(met: Met, place: Place, found: Iterable[tuple[Met, Place]]) -> Met:
    """The same error as it is told elsewhere with its module, or in the same section with its message."""
    for other, where in found:
        if other.name == met.name != other.kind and (other.message == met.message != "" or where == place):
            return other if met.kind == met.name else met
    return met


def _as_code(text: str) -> str:
    fence = "`` " if "`" in text else "`"
    return fence + text.replace("|", "\\|") + fence[::-1]


def places_on(page: str) -> set[tuple[str, str, str]]:
    """Return what the rows of a page say: an error's class without its module, a notebook's file, and a section."""
    found = set()
    for row in re.findall(r"^\| `+ ?(.+?)`+ \| (.+) \|$", page, re.MULTILINE):
        kind = re.match(KIND, row[0])
        assert kind is not None, row
        for notebook, section in re.findall(r"\(\.\./notebooks/([^)]+)\): (.+?)(?=<br>|$)", row[1]):
            found.add((kind[0].rpartition(".")[2], notebook, section))
    return found


def main() -> None:
    """Write the page."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        os.environ["WAITING_MEASURED_HISTORY"] = str(Path(scratch) / "history.sqlite")
        copy = Path(scratch) / "notebooks"
        shutil.copytree(ROOT / "notebooks", copy, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        found: list[tuple[Met, Place]] = []
        for notebook in sorted(copy.glob("*.ipynb")):
            found += errors_of(notebook)
            print(f"{notebook.name}: {len(found)} so far", flush=True)
    PAGE.write_text(page_of(found), encoding="utf-8")


if __name__ == "__main__":
    main()
