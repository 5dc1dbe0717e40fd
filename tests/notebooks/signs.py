"""Pass signs: what a notebook's experiment must make visible on any machine, and a broken version that must not.

The signs of notebooks/01_blocking_calls.ipynb stand in signs/01_blocking_calls.toml:

    setup = ["setup"]                     # ids of the cells that every section needs

    [[sign]]
    name = "one session opens one connection"
    cells = ["with-session"]              # the experiment's own cells, by id, in order; with `setup` they suffice
    true = "run.connections == 1"         # Python over the notebook's names: orders, counts and lower bounds
    timing = "run.wall < other.wall / 2"  # the same for what compares two times, in seconds; it needs one of the two
    broken = { cell = "with-session", old = "session.get", new = "requests.get" }

`true` is asked for during the notebook's own Run All, as soon as the last of the sign's cells has run: there the
learner sees it. Then the cells are run in another kernel, with `old` replaced by `new` in the one cell, and `true` must
no longer hold: so a sign that cannot fail is found out. `timing` is a measurement and has a lane of its own.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cells import Cell, code_cells
from kernel_runner import faults_of
from kernel_session import KernelSession

FOLDER = Path(__file__).parent / "signs"


@dataclass(frozen=True)
class Sign:
    """One pass sign of one notebook; see the head of this file."""

    notebook: str  # its file's name
    name: str
    cells: tuple[str, ...]  # set-up cells and the experiment's own
    true: str  # "" where there is only `timing`, and the other way round
    timing: str
    broken_cell: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.notebook.removesuffix('.ipynb')}: {self.name}"

    @property
    def id(self) -> str:
        """What pytest calls it."""
        return re.sub(r"\W+", "_", str(self))


def read_signs(path: Path) -> list[Sign]:
    """Return the signs in a TOML file, which has the name of its notebook.

    Raises ValueError when a key is missing, or one is there that means nothing.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    _check_keys(path.name, content, {"setup", "sign"})
    signs = []
    for entry in content["sign"]:
        where = f"{path.name}, {entry.get('name', 'a sign')!r}"
        claims = {key: entry.pop(key, "") for key in ("true", "timing")}
        if not any(claims.values()):
            raise ValueError(f"{where}: it needs `true` or `timing`")
        _check_keys(where, entry, {"name", "cells", "broken"})
        broken = entry["broken"]
        _check_keys(f"{where}, broken", broken, {"cell", "old", "new"})
        cells = (*content["setup"], *entry["cells"])
        signs.append(
            Sign(
                f"{path.stem}.ipynb",
                entry["name"],
                cells,
                **claims,
                broken_cell=broken["cell"],
                old=broken["old"],
                new=broken["new"],
            )
        )
    return signs


def all_signs() -> list[Sign]:
    """Return the signs of every notebook, in the notebooks' order."""
    return [sign for path in sorted(FOLDER.glob("*.toml")) for sign in read_signs(path)]


def intact_cells(sign: Sign, notebook: Path) -> list[Cell]:
    """Return the cells of `notebook` that `sign` needs. Raises ValueError when one is not there."""
    by_id = {cell.id: cell for cell in code_cells(notebook)}
    if missing := [cell for cell in sign.cells if cell not in by_id]:
        raise ValueError(f"{notebook.name} has no code cell {', '.join(missing)}; it has {', '.join(by_id)}")
    return [by_id[cell] for cell in sign.cells]


def broken_cells(sign: Sign, notebook: Path) -> list[Cell]:
    """Return the same cells, one of them broken. Raises ValueError when there is nothing to replace."""
    cells = intact_cells(sign, notebook)
    broken = [replace(c, source=c.source.replace(sign.old, sign.new)) if c.id == sign.broken_cell else c for c in cells]
    if broken == cells:
        raise ValueError(f"{sign}: {sign.old!r} does not occur in cell {sign.broken_cell!r}")
    return broken


def asked_at(signs: Sequence[Sign], order: Sequence[Cell]) -> dict[int, list[str]]:
    """Return what to ask during a run of cells: by position, the `true` of each sign whose last cell is there."""
    first = {cell.id: position for position, cell in reversed(list(enumerate(order)))}
    asked: dict[int, list[str]] = {}
    for sign in signs:
        if sign.true:
            asked.setdefault(max(first[cell] for cell in sign.cells), []).append(sign.true)
    return asked


def run_soundly(kernel: KernelSession, cells: Sequence[Cell]) -> None:
    """Run `cells`, for the names that they leave. Raises AssertionError when one fails."""
    executions = kernel.run(cells, silent=True)
    faults = [fault for execution in executions for fault in faults_of(execution) if fault.kind == "error"]
    assert not faults, "\n".join(map(str, faults))


def _check_keys(where: str, table: dict[str, Any], wanted: set[str]) -> None:
    if table.keys() != wanted:
        raise ValueError(f"{where}: the keys must be {sorted(wanted)}, and are {sorted(table)}")
