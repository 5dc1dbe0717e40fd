"""Where the notebooks are, their code cells, and the orders in which the tests run them."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course_sections import SECTION, plain_title

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SEED = 20  # of the shuffled order: fixed, so that a failure can be had again


@dataclass(frozen=True)
class Cell:
    """One code cell. `number` counts all cells of the notebook from 1, as a reader would."""

    id: str
    number: int
    source: str
    may_fail: bool = False  # tagged `raises-exception`
    meets_nothing: bool = False  # tagged `expect-meets-nothing`: that its `expect(...)` meets nothing is the lesson
    section: str = ""  # the heading of level 2 that it stands below, without a mark such as "· core"

    def __str__(self) -> str:
        first_line = self.source.strip().split("\n", 1)[0]
        return f"cell {self.number} (id {self.id}): {first_line}"


@cache
def code_cells(notebook: Path) -> tuple[Cell, ...]:
    """Return the code cells of `notebook` that hold any code, from top to bottom.

    Raises ValueError when two cells share an id, since signs name cells by it.
    """
    cells, section = [], ""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for number, cell in enumerate(content["cells"], start=1):
        source = "".join(cell["source"])  # a list of lines, or one text
        if cell["cell_type"] == "markdown":
            section = next((plain_title(title) for title in reversed(SECTION.findall(source))), section)
        if cell["cell_type"] == "code" and source.strip():
            tags = cell["metadata"].get("tags", [])
            tagged = "raises-exception" in tags, "expect-meets-nothing" in tags
            cells.append(Cell(cell["id"], number, source, *tagged, section))
    ids = [cell.id for cell in cells]
    if len(set(ids)) < len(ids):
        raise ValueError(f"{notebook.name}: two code cells share an id: {sorted(ids)}")
    return tuple(cells)


@cache
def markdown_cells(notebook: Path) -> dict[str, str]:
    """Return what stands in the Markdown cells of `notebook`, by id."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"}


def once(cells: Sequence[Cell]) -> list[Cell]:
    """Every cell from top to bottom, as Run All does."""
    return list(cells)


def each_twice(cells: Sequence[Cell]) -> list[Cell]:
    """Every cell twice in a row, as a learner who runs a cell again."""
    return [cell for cell in cells for _ in range(2)]


def then_shuffled(cells: Sequence[Cell]) -> list[Cell]:
    """Every cell from top to bottom, and then all of them again in a shuffled order."""
    again = list(cells)
    random.Random(SEED).shuffle(again)
    return [*cells, *again]
