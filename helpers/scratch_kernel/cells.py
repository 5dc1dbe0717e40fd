"""What became of the cells that a scratch kernel was sent."""

import re
from collections import Counter
from dataclasses import dataclass

from .card import card
from .cell import ScratchCell, State

_ERROR_LINE = re.compile(r"^\w*(?:Error|Exception): .+", re.MULTILINE)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass
class ScratchRun:
    """The cells of one scratch kernel, in the order in which they were queued.

    label: what the learner called it.
    predict: how many cells the learner expects to run.
    within: seconds that the cells have.
    interrupt_after: seconds after which each cell that still runs is interrupted, once; None is never.
    unseen: what the kernel wrote on standard error that belongs to no cell: JupyterLab shows it in its log only.
    over: whether the kernel has been ended.
    """

    label: str
    cells: list[ScratchCell]
    predict: int | None
    within: float
    interrupt_after: float | None = None
    unseen: str = ""
    over: bool = False

    @property
    def ran(self) -> int:
        """How many cells ran."""
        return sum(cell.ran for cell in self.cells)

    @property
    def lost(self) -> list[int]:
        """Which cells were lost, counted from 1."""
        return self._which("lost")

    @property
    def errors_on_stderr(self) -> Counter[str]:
        """The errors that the cells wrote on standard error, and how often each came."""
        return _errors("".join(cell.stderr for cell in self.cells))

    @property
    def unseen_errors(self) -> Counter[str]:
        """The errors that belong to no cell."""
        return _errors(self.unseen)

    @property
    def sentence(self) -> str:
        """What became of the cells, in words."""
        sent = len(self.cells)
        if not self.over:
            return f"{self.ran} of {sent} cells ran so far."
        sentences = [f"All {sent} cells ran." if self.ran == sent else f"{self.ran} of {sent} cells ran."]
        if failed := self._which("failed"):
            sentences.append(f"{_cells(failed)} raised an error.")
        if skipped := self._which("skipped"):
            sentences.append(f"{_cells(skipped)} {_were(skipped)} not run because of it.")
        if lost := self._which("lost"):
            still = "it still shows" if len(lost) == 1 else "they still show"
            sentences.append(f"{_cells(lost)} {_were(lost)} lost: the kernel answers new requests, and {still} [*].")
        if given_up := self._which("given up"):
            sentences.append(f"{_cells(given_up)} {_were(given_up)} not over after {self.within:g} s.")
        if gone := self._which("gone"):
            sentences.append(f"The kernel died before {_cells(gone).lower()} {_were(gone)} over.")
        return " ".join(sentences)

    def _which(self, state: State) -> list[int]:
        return [number for number, cell in enumerate(self.cells, 1) if cell.state == state]

    def _repr_html_(self) -> str:
        errors = {
            "On standard error": self.errors_on_stderr,
            "In no cell, only in the log of JupyterLab": self.unseen_errors,
        }
        return card(self.label, self._guess, self.cells, self.over, self.sentence, errors)

    @property
    def _guess(self) -> str:
        if self.predict is None or not self.over:
            return "" if self.predict is None else f"{self.predict}"
        return f"{self.predict}, right" if self.ran == self.predict else f"{self.predict}, and {self.ran} ran"

    def __repr__(self) -> str:
        return f"{self.label}: {self.sentence}"


def _errors(text: str) -> Counter[str]:
    return Counter(_ADDRESS.sub("", line) for line in _ERROR_LINE.findall(text))


def _cells(numbers: list[int]) -> str:
    """ "Cell 2", "Cells 2 and 3", "Cells 2, 3 and 4"."""
    *first, last = map(str, numbers)
    return f"Cells {', '.join(first)} and {last}" if first else f"Cell {last}"


def _were(numbers: list[int]) -> str:
    return "was" if len(numbers) == 1 else "were"
