"""The routes through the course that docs/teaching.md lays out: which sections of which chapters, in how many minutes.

A plan is a table under a heading "45 minutes: ...". Its rows say `minutes`, then `where`: a chapter's number, and
headings between quotation marks, as in: 04: "Async is not faster", "One thread still races". Without headings it is the
chapter's core path.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cells import NOTEBOOKS
from course_sections import Section, plain_title, sections

TEACHING = Path(__file__).parents[2] / "docs" / "teaching.md"
PLAN = re.compile(r"^## (?P<name>(?P<minutes>\d+) minutes: .+?)\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (?P<minutes>\d+) \| (?P<where>.+?) \|", re.MULTILINE)
CHAPTER = re.compile(r"(?P<chapter>\b\d\d[a-z]?\b)(?P<titles>(?::? ?,? ?(?:and )?\"[^\"]+\")*)")


@dataclass(frozen=True)
class Stop:
    """One row of a plan: so many minutes for some sections of a chapter. No titles: its core path."""

    chapter: str
    titles: tuple[str, ...]
    minutes: int


def plans() -> dict[str, tuple[int, list[Stop]]]:
    """Return each plan by its heading: its minutes, and where it stops, with the minutes of the row for the first."""
    found = {}
    for plan in PLAN.finditer(TEACHING.read_text(encoding="utf-8")):
        stops = []
        for row in ROW.finditer(plan["text"]):
            minutes = int(row["minutes"])
            for stop in CHAPTER.finditer(row["where"]):
                stops.append(Stop(stop["chapter"], tuple(re.findall(r"\"([^\"]+)\"", stop["titles"])), minutes))
                minutes = 0
        found[plan["name"]] = int(plan["minutes"]), stops
    return found


@cache
def sections_of(chapter: str) -> tuple[Section, ...]:
    """Return the sections of the chapter with this number. Raises ValueError when there is none."""
    paths = list(NOTEBOOKS.glob(f"{chapter}_*.ipynb"))
    if not paths:
        raise ValueError(f"there is no chapter {chapter}")
    return tuple(sections(json.loads(paths[0].read_text(encoding="utf-8"))["cells"]))


def walked(stop: Stop) -> list[Section]:
    """Return the sections that a stop is about, the page's head first. Raises ValueError for an unknown heading."""
    head, *parts = sections_of(stop.chapter)
    if not stop.titles:
        return [head, *(part for part in parts if part.mark == "core")]
    titles = [part.title for part in parts]
    if unknown := [title for title in stop.titles if plain_title(title) not in titles]:
        raise ValueError(f"chapter {stop.chapter} has no heading {unknown}; it has {titles}")
    return [head, *(part for part in parts if part.title in stop.titles)]


def minutes_of(stops: Sequence[Stop]) -> float:
    """Return the minutes of some stops, by `course_sections`. The head of a chapter counts once."""
    heads = {stop.chapter: sections_of(stop.chapter)[0].minutes for stop in stops}
    return sum(heads.values()) + sum(part.minutes for stop in stops for part in walked(stop)[1:])
