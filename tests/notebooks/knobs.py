"""Printed knobs: what a page has the learner change, what to run again, and what must be true then.

The knobs of notebooks/00_start_here.ipynb stand in knobs/00_start_here.toml:

    [[knob]]
    told = "first-knob"           # id of the Markdown cell that prints it; several knobs may share one
    cell = "urls"                 # id of the code cell that is changed
    old = "delay=0.1"             # text in that cell, everywhere in it ...
    new = "delay=0.02"            # ... and what it becomes. The words of the page name it
    also = [{ cell = "other", old = "1", new = "2" }]         # further changes, where one knob turns several
    rerun = ["run-blocking", "run-together"]  # ids of the cells that are run after it; without it, all later ones of
                                              # the section
    true = "together.wall < 20 * 0.1"         # Python over the notebook's names, and said["id"]: what a cell shows
    card = "delay=0.1 -> 0.02"    # what the first card says was changed, where it says it
    meets_nothing = true          # where it is the lesson that an `expect(...)` then meets nothing
    skip = "why"                  # in place of `true`, where no test can turn it

A knob is turned in the kernel of the notebook's Run All, between that and the shuffled second half. The changed cells
are run first, then those of `rerun`, then the recap: none may have a fault. Then everything is put back, before
the next knob or with it.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from keyword import kwlist
from pathlib import Path
from typing import Any

from cells import Cell, code_cells
from kernel_runner import Fault, faults_of
from kernel_session import Execution, Judged, KernelSession
from shown import cards, said

FOLDER = Path(__file__).parent / "knobs"
RECAP = "In short"
"""The section whose cells are run after each knob: what it says must still be true."""
ON_A_CARD = "Changed since the last run: "
KEYS = {"told", "cell", "old", "new"}
MORE_KEYS = {"also", "rerun", "true", "card", "meets_nothing", "skip"}


@dataclass(frozen=True)
class Change:
    """What is replaced in one cell."""

    cell: str
    old: str
    new: str


@dataclass(frozen=True)
class Knob:
    """One knob of one notebook; see the head of this file."""

    notebook: str  # its file's name
    told: str
    changes: tuple[Change, ...]  # that of `cell` first
    rerun: tuple[str, ...] | None
    true: str
    card: str
    meets_nothing: bool
    skip: str

    def __str__(self) -> str:
        return f"{self.notebook.removesuffix('.ipynb')}: {self.told}: {' '.join(self.changes[0].new.split())[:60]}"

    @property
    def id(self) -> str:
        """What pytest calls it."""
        return re.sub(r"\W+", "_", str(self))


@dataclass
class Turned:
    """What came of a knob: the executions with it, those that put everything back, and what was asked."""

    executions: Sequence[Execution] = ()
    put_back: Sequence[Execution] = ()
    judged: Judged | None = None
    card: str = ""  # the first one shown


def read_knobs(path: Path) -> list[Knob]:
    """Return the knobs in a TOML file, which has the name of its notebook.

    Raises ValueError when a key is missing, or one is there that means nothing.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    _check_keys(path.name, content, set(), {"knob"})
    return [_knob(f"{path.stem}.ipynb", entry) for entry in content.get("knob", ())]


def _knob(notebook: str, entry: dict[str, Any]) -> Knob:
    where = f"{notebook}, {entry.get('told', 'a knob')!r}"
    _check_keys(where, entry, KEYS, MORE_KEYS)
    if bool(entry.get("true")) is bool(entry.get("skip")):
        raise ValueError(f"{where}: it needs `true`, or `skip` with the reason")
    changes = [Change(entry["cell"], entry["old"], entry["new"])]
    for more in entry.get("also", ()):
        _check_keys(f"{where}, also", more, {"cell", "old", "new"}, set())
        changes.append(Change(**more))
    return Knob(
        notebook,
        entry["told"],
        tuple(changes),
        tuple(entry["rerun"]) if "rerun" in entry else None,
        entry.get("true", ""),
        entry.get("card", ""),
        entry.get("meets_nothing", False),
        entry.get("skip", ""),
    )


def _check_keys(where: str, table: dict[str, Any], needed: set[str], allowed: set[str]) -> None:
    if not needed <= table.keys() <= needed | allowed:
        keys = f"{sorted(needed)}, and may be {sorted(allowed)}"
        raise ValueError(f"{where}: the keys must be {keys}; they are {sorted(table)}")


def all_knobs() -> list[Knob]:
    """Return the knobs of every notebook, in the notebooks' order."""
    return [knob for path in sorted(FOLDER.glob("*.toml")) for knob in read_knobs(path)]


def turned_cells(knob: Knob, notebook: Path) -> tuple[list[Cell], list[Cell], list[Cell]]:
    """Return the cells that a knob has run, changed; the same ones as they are on the page; and those of the recap.

    Raises ValueError when a cell is not there, or what is to be replaced is not in it.
    """
    cells = code_cells(notebook)
    by_id = {cell.id: cell for cell in cells}
    changed = dict(by_id)
    for change in knob.changes:
        cell = _of(by_id, change.cell, knob)
        if change.old not in changed[cell.id].source:
            raise ValueError(f"{knob}: {change.old!r} does not occur in cell {cell.id!r}")
        source = changed[cell.id].source.replace(change.old, change.new)
        changed[cell.id] = replace(changed[cell.id], source=source)
    last = max((by_id[change.cell] for change in knob.changes), key=lambda cell: cell.number)
    if knob.rerun is None:
        after = [cell.id for cell in cells if cell.section == last.section and cell.number > last.number]
    else:
        after = [_of(by_id, name, knob).id for name in knob.rerun]
    first = {change.cell for change in knob.changes} - set(after) | {knob.changes[0].cell}
    order = [*(cell.id for cell in cells if cell.id in first), *after]
    recap = [cell for cell in cells if cell.section == RECAP and cell.id not in order]
    return [changed[name] for name in order], [by_id[name] for name in order], recap


def _of(by_id: dict[str, Cell], name: str, knob: Knob) -> Cell:
    if name not in by_id:
        raise ValueError(f"{knob}: {knob.notebook} has no code cell {name!r}; it has {', '.join(by_id)}")
    return by_id[name]


def turn_all(
    kernel: KernelSession, knobs: Sequence[Knob], notebook: Path, before: dict[str, str], turned: dict[Knob, Turned]
) -> None:
    """Turn knobs in a kernel in which the notebook has run, and put everything back. `before`: what the cells showed.

    What comes of each is put into `turned` at once: a kernel may die. What the next knob runs anyway is not put back
    before it, unless its card is asked for. A knob of what is not there is left out.
    """
    last: Turned | None = None
    to_put_back: list[Cell] = []
    for knob in knobs:
        try:
            changed, intact, recap = turned_cells(knob, notebook)
        except ValueError:
            continue  # a test of its own tells of it
        if last and (knob.card or not {cell.id for cell in to_put_back} <= {cell.id for cell in intact}):
            last.put_back = kernel.run(to_put_back, silent=True)
        last, to_put_back = turned.setdefault(knob, Turned()), intact
        last.executions = kernel.run([*changed, *recap])
        says = before | said(last.executions)
        asked = {name: text for name, text in says.items() if name in knob.true}  # not all of it: it goes to the kernel
        last.judged = kernel.judge(knob.true, wanted=True, names={"said": asked})
        last.card = next((card for execution in last.executions for card in cards(execution)), "")
    if last:
        last.put_back = kernel.run(to_put_back, silent=True)


def wrong_with(knob: Knob, turned: Turned) -> str:
    """Return what is wrong with a knob that has been turned; "" where nothing is."""
    wrong = [*_faults(turned.executions, knob.meets_nothing), *_faults(turned.put_back, False)]
    found = list(map(str, wrong))
    if turned.judged is None or turned.judged.holds is not True:
        found.append(f"not true: {knob.true}\n{turned.judged.why if turned.judged else 'it was not asked'}")
    told = " ".join(turned.card.partition(ON_A_CARD)[2].split())
    if " ".join(knob.card.split()) not in told:
        found.append(f"the first card says that this was changed: {told!r}, not {knob.card!r}")
    return "\n".join(found)


def _faults(executions: Sequence[Execution], meets_nothing: bool) -> list[Fault]:
    faults = [fault for execution in executions for fault in faults_of(execution)]
    not_run = [execution for execution in executions if execution.status in ("aborted", "lost")]
    faults += [Fault("not run", str(execution.cell), execution.status) for execution in not_run]
    # That the cell meets nothing as it stands on the page says nothing of the knob.
    let_pass = {"met something", "met nothing"} if meets_nothing else {"met something"}
    return [fault for fault in faults if fault.kind not in let_pass]


WORD = re.compile(r"[^\W\d]\w*|\d[\d_,]*(?:\.\d+)?")


def unnamed(knob: Knob, page: str) -> list[str]:
    """Return the names and numbers of what a knob has the learner type that the words which print it do not have."""
    words = _words(page)
    missing = []
    for change in knob.changes:
        if " ".join(change.new.split()) not in " ".join(page.split()):
            missing += sorted(_words(change.new) - _words(change.old) - words - {*kwlist, "print"})
    return missing


def _words(text: str) -> set[str]:
    return {re.sub(r"(?<=\d)[_,]", "", word).lower() for word in WORD.findall(text)}
