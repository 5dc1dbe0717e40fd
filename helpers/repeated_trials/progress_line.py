"""The line above the trials' chart: which variant ran when, how far they are, and how long it will take."""

import sys
from collections import defaultdict
from collections.abc import Sequence
from html import escape
from statistics import median
from time import perf_counter

from helpers.page.card import box
from helpers.page.colours import CURVES, FAINT, GREY, GRID, GROUND, PROBLEM
from helpers.page.live_output import LiveOutput
from helpers.page.shell import in_notebook
from helpers.page.words import count
from helpers.repeated_trials.plan import Turn

_TO_COME, _WARM_UP = GRID, FAINT
_LETTERS = "ABCDEF"


class TrialsProgress:
    """Says how far the trials are: in a notebook as boxes, one a run, in a terminal as a line, elsewhere not at all.

    It is drawn between the runs, never during one: drawing is work that would be measured.
    """

    def __init__(self, variants: Sequence[str], turns: Sequence[Turn], done: int) -> None:
        self._variants, self._turns = list(variants), turns
        self._done = self._before = done
        self._failed = False
        self._took: defaultdict[str, list[float]] = defaultdict(list)
        self._last = perf_counter()
        self._output = LiveOutput()
        self._printed = 0  # characters of the line that stands in the terminal
        self._draw()

    def one_more(self) -> None:
        """The turn that was next has been run."""
        now = perf_counter()
        self._took[self._turns[self._done].variant].append(now - self._last)
        self._done, self._last = self._done + 1, now
        if self._done < len(self._turns):
            self._draw()

    def stopped(self, how: str) -> None:
        """The turn that was next did not come to its end."""
        self._failed = True
        self._draw(
            f"{how} in {self._place()}, after {self._counted()}. Run the cell again to go on from there.", end=True
        )

    def over(self) -> None:
        """All turns have been run."""
        warm_up = sum(turn.warm_up for turn in self._turns)
        grey = f"; {count(warm_up, 'warm-up run')} (grey) not counted" if warm_up else ""
        self._draw(f"{count(self._done, 'run')} in shuffled order{grey}.", end=True)

    def _draw(self, words: str = "", end: bool = False) -> None:
        if not words:
            going_on = f"Going on after {count(self._before, 'run')}. " if self._before else ""
            words = f"{going_on}Now {self._place()}; {self._counted()} done{self._left()}"
        if in_notebook():
            self._output.show({"text/html": self._html(words), "text/plain": words})
        elif sys.stderr is not None and sys.stderr.isatty():  # pythonw.exe, which has no window, has none
            # Spaces, not the code that clears a line: the console of Windows shows it unless it is told not to.
            print(f"\r{words:<{self._printed}}", end="\n" if end else "", file=sys.stderr, flush=True)
            self._printed = len(words)

    def _place(self) -> str:
        turn = self._turns[self._done]
        return f"{turn.place}, {turn.variant}"

    def _counted(self) -> str:
        return f"{self._done} of {count(len(self._turns), 'run')}"

    def _left(self) -> str:
        """What the runs to come will take, if each takes what its variant has taken until now."""
        turns = self._turns[self._done :]
        if not turns or any(turn.variant not in self._took for turn in turns):
            return ""
        left = sum(median(self._took[turn.variant]) for turn in turns)
        return f"; about {left:.0f} s left" if left >= 1 else "; under a second left"

    def _html(self, words: str) -> str:
        boxes = "".join(self._box(number, turn) for number, turn in enumerate(self._turns))
        names = "&emsp;".join(
            f'<b style="color:{CURVES[index]}">{_LETTERS[index]}</b>&nbsp;{escape(variant)}'
            for index, variant in enumerate(self._variants)
        )
        return (
            f'<div class="trials-progress" style="{box()};margin:4px 0 8px"><div>{escape(words)}</div>'
            f'<div style="display:flex;gap:1px;margin:6px 0" aria-hidden="true">{boxes}</div>'
            f'<div style="font-size:12px">{names}</div></div>'
        )

    def _box(self, number: int, turn: Turn) -> str:
        index = self._variants.index(turn.variant)
        if number >= self._done:
            colour = PROBLEM if self._failed and number == self._done else _TO_COME
        else:
            colour = _WARM_UP if turn.warm_up else CURVES[index]
        letter = _LETTERS[index] if len(self._turns) <= 60 else ""
        ink = GROUND if number < self._done or colour == PROBLEM else GREY
        # A wider step between two rounds, so that they can be told apart.
        step = "margin-left:3px;" if number and self._turns[number - 1].round != turn.round else ""
        return (
            f'<span style="{step}flex:1;min-width:1px;max-width:24px;height:16px;background:{colour};color:{ink};'
            f'font-size:10px;line-height:16px;text-align:center">{letter}</span>'
        )
