"""What `recommend` answers: the model, why, and what the estimate rests on; and the measurement that backs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import inf
from typing import TYPE_CHECKING

from helpers.choosing.estimates import ROOM, Estimate
from helpers.choosing.framework import in_framework
from helpers.choosing.workload import Workload
from helpers.page.card import QUIET, card, quiet
from helpers.page.colours import BLUE, GROUND, INK
from helpers.page.words import listing, percent, seconds, times, upper_first

if TYPE_CHECKING:
    from helpers.choosing.measured import Measured

EITHER = 1.1
"""Models whose estimates are within this factor of the best are called equal: the simplest of them is recommended."""

_CELL = f"padding:3px 14px 3px 0;text-align:left;vertical-align:top;color:{INK};background:{GROUND}"


@dataclass
class Advice:
    """Which model fits a workload. As the last line of a cell it shows itself.

    Attributes:
        workload: what was asked about.
        estimates: one for each model, the simplest to write first.
        source: where the workload was taken from, such as runs in the history; empty where it was given.
    """

    workload: Workload
    estimates: list[Estimate]
    source: str = ""
    _measured: "Measured | None" = field(default=None, repr=False)

    @property
    def possible(self) -> list[Estimate]:
        """The estimates of the models that can be had."""
        return [estimate for estimate in self.estimates if not estimate.not_here]

    @property
    def equals(self) -> list[str]:
        """The models that will do equally well, the simplest one first."""
        best = min(estimate.value for estimate in self.possible)
        reach = best * EITHER if self.workload.rate is None else max(best, ROOM)
        return [estimate.model for estimate in self.possible if estimate.value <= reach]

    @property
    def model(self) -> str:
        """The recommended model: of those that will do equally well, the one that is simplest to write and to debug."""
        return self.equals[0]

    def of(self, model: str) -> Estimate:
        """Return the estimate of a model. Raises ValueError for a name that none has."""
        for estimate in self.estimates:
            if estimate.model == model:
                return estimate
        raise ValueError(
            f"the models are {listing(repr(estimate.model) for estimate in self.estimates)}, not {model!r}"
        )

    @property
    def sentence(self) -> str:
        """The recommendation in words."""
        if self.workload.rate is not None:
            return self._for_a_stream()
        chosen = self.of(self.model)
        also = self.equals[1:]
        if also:
            either = "Either will do" if len(also) == 1 else "Any of these will do"
            simplest = f"{upper_first(self.model)} is the simplest."
            return f"{either}: {listing([self.model, *also])}, about {seconds(chosen.value)}. {simplest}"
        plain = self.of("plain sync")
        gain = f", {times(plain.value / chosen.value)} times as fast as plain sync" if plain.value < inf else ""
        return f"{upper_first(self.model)}: about {seconds(chosen.value)}{gain}. It rests on {chosen.because}."

    def _for_a_stream(self) -> str:
        chosen = self.of(self.model)
        if chosen.value > 1:
            short = f"and would have to do {percent(chosen.value)} of what it can"
            return f"None keeps up: {self.model} comes nearest, {short}: {chosen.because}."
        also = self.equals[1:]
        others = f" {listing(also)} would too." if also and chosen.value <= ROOM else ""
        keeps = "keeps up" if chosen.value <= ROOM else "just keeps up, with long queues"
        busy = f"busy for {percent(chosen.value)} of the time"
        return f"{upper_first(self.model)} {keeps}, {busy}: {chosen.because}.{others}"

    @property
    def where(self) -> str:
        """What the recommendation means in the workload's framework."""
        return in_framework(self.workload, self.model)

    async def measure(self, rounds: int = 5, models: Sequence[str] | None = None) -> "Measured":
        """Measure this very workload on this machine, every model in turns: ``await advice.measure()``.

        The models are tried in a process of their own. Those that would take too long for a cell are left out, and
        their estimates are drawn alone.

        Args:
            rounds: how often each model is run, 1 to 1000. A verdict takes 5.
            models: which ones, two or more; what the time allows, the best first, unless told.

        Raises ValueError where the workload is a stream, only one model can be had, or one of those asked for cannot.
        """
        from helpers.choosing.measured import measure

        self._measured = await measure(self.workload, self.possible, self.model, rounds, models)
        self._measured.advice = self
        return self._measured

    def __repr__(self) -> str:
        return "\n".join(filter(None, [str(self.workload), self.sentence, self.where]))

    def _repr_html_(self) -> str:
        rows = "".join(self._row(estimate) for estimate in self.estimates)
        head = "".join(
            f'<th scope="col" style="{_CELL};{QUIET};font-weight:normal">{name}</th>'
            for name in ("model", "estimate" if self.workload.rate is None else "busy", "it rests on")
        )
        return card(
            "advice",
            BLUE,
            quiet(f"{self.workload}; {self.workload.wait_share} of a call is waiting"),
            quiet(self.source) if self.source else "",
            f'<b style="font-size:16px">{escape(self.sentence)}</b>',
            escape(self.where),
            f'<table style="border-collapse:collapse;font-size:13px"><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table>",
        )

    def _row(self, estimate: Estimate) -> str:
        mark = f' <span style="color:{BLUE}">◀</span>' if estimate.model == self.model else ""
        weight = "bold" if estimate.model in self.equals else "normal"
        if estimate.not_here:
            value, because = "none", estimate.not_here
        else:
            value = seconds(estimate.value) if self.workload.rate is None else percent(estimate.value)
            because = estimate.because
        cells = [f'<th scope="row" style="{_CELL};font-weight:{weight}">{escape(estimate.model)}{mark}</th>']
        cells += [f'<td style="{_CELL}">{escape(text)}</td>' for text in (value, because)]
        return f"<tr>{''.join(cells)}</tr>"
