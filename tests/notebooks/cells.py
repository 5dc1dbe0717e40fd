"""Where the notebooks are, their code cells, and the orders in which the tests run them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SEED = 20  # of the shuffled order: fixed, so that a failure can be had again


@dataclass(frozen=True)
class Cell:
    """One code cell. `number` counts all cells of the notebook from 1, as a reader would."""

    id: str
    number: int
    source: str
    may_fail: bool  # tagged `raises-exception`

    def __str__(self) -> str:
        first_line = self.source.strip().split("\n", 1)[0]
        return f"cell {self.number} (id {self.id}): {first_line}"


def code_cells(notebook: Path) -> list[Cell]:
    """Return the code cells of `notebook` that hold any code, from top to bottom.

    Raises ValueError when two cells share an id, since signs name cells by it.
    """
    cells = []
    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    for number, cell in enumerate(content.cells, start=1):
        if cell.cell_type == "code" and cell.source.strip():
            may_fail = "raises-exception" in cell.metadata.get("tags", [])
            cells.append(Cell(cell.id, number, cell.source, may_fail))
    ids = [cell.id for cell in cells]
    if len(set(ids)) < len(ids):
        raise ValueError(f"{notebook.name}: two code cells share an id: {sorted(ids)}")
    return cells


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
