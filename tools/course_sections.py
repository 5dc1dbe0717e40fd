"""The sections of a notebook, and how many minutes they take.

`python tools/course_sections.py` prints the minutes of every section. `make format` puts those of the whole chapter
into the line under its title.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MARKED = re.compile(r"^(?P<title>.+?)(?: · (?P<mark>core|more))?$")
SECTION = re.compile(r"^## +(.+?) *$", re.MULTILINE)
EXERCISE = re.compile(r"^### +\d+\. ", re.MULTILINE)

WORDS_A_MINUTE, CODE_CELL, EXERCISE_MINUTES = 150, 1.0, 3.0
"""How fast a page with figures is read, and the minutes that a code cell and an exercise take: agreed, not measured."""


@dataclass(frozen=True)
class Section:
    """What stands from one heading of the second level to the next; the first one has the chapter's title.

    Attributes:
        title: the heading without its mark.
        mark: "core", "more", or "" for what belongs to both, such as the exercises.
        cells: the cells, as the notebook's file has them.
    """

    title: str
    mark: str
    cells: tuple[dict[str, Any], ...]

    def texts(self, kind: str) -> list[str]:
        """The texts of the cells of a kind, "code" or "markdown"."""
        return ["".join(cell["source"]) for cell in self.cells if cell["cell_type"] == kind]

    @property
    def exercises(self) -> int:
        """How many exercises it holds."""
        return sum(len(EXERCISE.findall(text)) for text in self.texts("markdown"))

    @property
    def minutes(self) -> float:
        """Reading and running, or the exercises, in minutes."""
        if self.exercises:
            return self.exercises * EXERCISE_MINUTES
        words = sum(len(text.split()) for text in self.texts("markdown"))
        return words / WORDS_A_MINUTE + CODE_CELL * len(self.texts("code"))


def plain_title(heading: str) -> str:
    """A heading's text without the mark that says whether its section is core."""
    found = MARKED.match(heading)
    return found["title"] if found else heading


def sections(cells: list[dict[str, Any]]) -> list[Section]:
    """Divide a notebook's cells into sections. What stands before the first heading goes to it."""
    found: list[tuple[str, list[dict[str, Any]]]] = [("", [])]
    for cell in cells:
        heading = SECTION.search("".join(cell["source"])) if cell["cell_type"] == "markdown" else None
        if heading:
            found.append((heading[1], []))
        found[-1][1].append(cell)
    parts = []
    for heading_text, own in found:
        match = MARKED.match(heading_text)
        parts.append(Section(match["title"] if match else "", (match["mark"] or "") if match else "", tuple(own)))
    return parts


def chapter_minutes(cells: list[dict[str, Any]]) -> tuple[int, int, int]:
    """The minutes of a chapter, to five: its core path (with the page's head and end), its exercises, what is more."""
    parts = sections(cells)
    core = sum(part.minutes for part in parts if part.mark != "more" and not part.exercises)
    exercises = sum(part.minutes for part in parts if part.exercises)
    more = sum(part.minutes for part in parts if part.mark == "more" and not part.exercises)
    return to_five(core), round(exercises), to_five(more)


def to_five(minutes: float) -> int:
    """Minutes to the nearest five, but never none where there are some."""
    return max(5, 5 * round(minutes / 5)) if minutes else 0


def minutes_in_words(cells: list[dict[str, Any]]) -> str:
    """What the line under a chapter's title says of its minutes."""
    core, exercises, more = chapter_minutes(cells)
    said = [f"{core} minutes for the core path", f"{exercises} for the exercises"]
    return ", ".join([*said, f"{more} for what is marked “more”"] if more else said)


def main() -> None:
    """Print the minutes of every section of every notebook."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        print(f"{path.name}: {minutes_in_words(cells)}")
        for part in sections(cells):
            print(f"    {part.minutes:5.1f}  {part.mark or '-':4}  {part.title or '(head of the page)'}")


if __name__ == "__main__":
    main()
