"""Pass signs: what a notebook's experiment must make visible on any machine, and a broken version that must not.

The signs of notebooks/01_blocking_calls.ipynb stand in signs/01_blocking_calls.toml:

    setup = ["setup"]                     # ids of the cells that every section needs

    [[sign]]
    name = "one session opens one connection"
    cells = ["with-session"]              # the experiment's own cells, by id, in order; with `setup` they suffice
    true = "run.connections == 1"         # Python over the notebook's names
    broken = { cell = "with-session", old = "session.get", new = "requests.get" }

The cells are run as they are, and `true` must hold. Then they are run, from no names again, with `old` replaced by
`new` in the one cell, and `true` must no longer hold: so a sign that cannot fail is found out.
"""

import ast
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
    true: str
    broken_cell: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.notebook.removesuffix('.ipynb')}: {self.name}"


def read_signs(path: Path) -> list[Sign]:
    """Return the signs in a TOML file, which has the name of its notebook.

    Raises ValueError when a key is missing, or one is there that means nothing.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    _check_keys(path.name, content, {"setup", "sign"})
    signs = []
    for entry in content["sign"]:
        _check_keys(f"{path.name}, {entry.get('name', 'a sign')!r}", entry, {"name", "cells", "true", "broken"})
        broken = entry["broken"]
        _check_keys(f"{path.name}, {entry['name']!r}, broken", broken, {"cell", "old", "new"})
        cells = (*content["setup"], *entry["cells"])
        signs.append(
            Sign(
                f"{path.stem}.ipynb", entry["name"], cells, entry["true"], broken["cell"], broken["old"], broken["new"]
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


def holds(kernel: KernelSession, cells: Sequence[Cell], expression: str) -> bool:
    """Run `cells` from no names; tell whether `expression` is true then. Raises AssertionError when a cell fails."""
    kernel.forget_names()
    faults = [fault for execution in kernel.run(cells) for fault in faults_of(execution) if fault.kind == "error"]
    assert not faults, "\n".join(map(str, faults))
    return bool(kernel.evaluate(f"bool({expression}\n)"))


def values(kernel: KernelSession, expression: str) -> str:
    """Return what the parts of `expression` come to in the kernel, one a line: it says why it is true or false."""
    lines = []
    for part in _parts(ast.parse(f"({expression}\n)", mode="eval").body):
        source = ast.unparse(part)
        try:
            value: Any = kernel.evaluate(f"repr({source})")
        except ValueError as error:
            value = error
        lines.append(f"{source} is {value}")
    return "\n".join(lines)


def _parts(node: ast.expr) -> list[ast.expr]:
    """The operands of and, or, not and comparisons, but for constants."""
    match node:
        case ast.BoolOp(values=operands):
            return [part for operand in operands for part in _parts(operand)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _parts(operand)
        case ast.Compare(left=left, comparators=others):
            return [part for operand in (left, *others) for part in _parts(operand)]
        case ast.Constant():
            return []
    return [node]


def _check_keys(where: str, table: dict[str, Any], wanted: set[str]) -> None:
    if table.keys() != wanted:
        raise ValueError(f"{where}: the keys must be {sorted(wanted)}, and are {sorted(table)}")
