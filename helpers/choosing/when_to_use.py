"""What to take for which kind of application: a table in which each line rests on the learner's own runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from math import inf
from statistics import median
from typing import Protocol

from helpers import archive
from helpers.choosing.kinds_of_application import KINDS, Figure, Kind, Section
from helpers.choosing.workload import Workload
from helpers.page.card import prose
from helpers.page.colours import BLUE, CODE_GROUND, EDGE, GROUND, INK
from helpers.page.projector import sized
from helpers.page.words import count, seconds
from helpers.reruns.comparable import sort_out

STYLE = f"background:{GROUND};color:{INK};border-collapse:collapse;font-size:13px;line-height:1.45"
CELL = f"text-align:left;vertical-align:top;padding:8px 12px;border:1px solid {EDGE};white-space:normal"
HEAD = f"{CELL};background:{CODE_GROUND}"
HEADS = ("Kind of application", "Take", "Why: your own runs", "What would change my mind")
WIDTH = 1000


class MeasuredWorkload(Protocol):
    """What `Advice.measure` returns, as far as the table needs it (`helpers.choosing.measured.Measured`)."""

    @property
    def workload(self) -> Workload:
        """What was done."""

    @property
    def medians(self) -> dict[str, float]:
        """The median seconds of each model that was measured."""


@dataclass(frozen=True)
class Reason:
    """What one section's runs say of a kind of application.

    Attributes:
        section: where they are made.
        words: the figures, or what to run for them.
        backed: whether a run of the learner's stands behind the words.
    """

    section: Section
    words: str
    backed: bool


@dataclass(frozen=True)
class WhenToUse:
    """The table. As the last line of a cell it shows itself.

    Attributes:
        measured: models and their measurements, by the heading of the section that made them.
    """

    measured: Mapping[str, Sequence[tuple[str, MeasuredWorkload]]] = field(default_factory=dict)

    @property
    def rows(self) -> list[tuple[Kind, list[Reason]]]:
        """Each kind with its reasons, as the history has them now."""
        return [(kind, [self._reason(section) for section in kind.sections]) for kind in KINDS]

    def _reason(self, section: Section) -> Reason:
        if section.seen:
            return Reason(section, f"No figure: the cells show it. {section.seen}", False)
        if not section.figures:
            if section.heading not in self.measured:
                return Reason(section, _not_yet(), False)
            return Reason(section, " ".join(_beside_the_others(*one) for one in self.measured[section.heading]), True)
        told = [(figure, _told(figure)) for figure in section.figures]
        if not any(value for _, value in told):
            return Reason(section, _not_yet(), False)
        return Reason(section, "; ".join(f"{one.words}: {value or 'no run yet'}" for one, value in told) + ".", True)

    def __repr__(self) -> str:
        return "\n".join(
            f"{kind.name}: {kind.take} Why: "
            + " ".join(f"{_place(reason.section)}: {reason.words}" for reason in reasons)
            + f" Unless: {kind.otherwise}"
            for kind, reasons in self.rows
        )

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col" style="{HEAD}">{head}</th>' for head in HEADS)
        rows = "".join(_row(kind, reasons) for kind, reasons in self.rows)
        return (
            f'<table class="when-to-use" style="{STYLE};{sized(WIDTH)}"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )


def when_to_use(measured: Mapping[str, Sequence[tuple[str, MeasuredWorkload]]] | None = None) -> WhenToUse:
    """Say what to take for which kind of application, and which of your own runs say so.

    Args:
        measured: by the heading of the section that measured it, the model that is advised and what
            `await recommend(...).measure()` came to; one such pair or more. All other figures are taken from the
            history, and are your own.

    Raises ValueError for a heading that no line of the table rests on.
    """
    given = dict(measured or {})
    known = {section.heading for kind in KINDS for section in kind.sections if not (section.figures or section.seen)}
    if wrong := [heading for heading in given if heading not in known]:
        raise ValueError(f"no line rests on {wrong[0]!r}; those that do are {', '.join(map(repr, sorted(known)))}")
    return WhenToUse(given)


def _not_yet() -> str:
    return "no run of yours yet; its cells make it."


def _told(figure: Figure) -> str:
    """The median of the learner's own runs that went well, of the newest code; "" where there is none."""
    runs = archive.runs_of(figure.label)
    counted = sort_out({figure.label: runs})[figure.label].counted if runs else []
    if figure.of == "wall":
        return seconds(median(run.wall for run in counted)) if counted else ""
    requests = [asked for run in counted if isinstance(asked := (run.server or {}).get("requests"), int)]
    return count(round(median(requests)), "request") if requests else ""


def _beside_the_others(model: str, seen: MeasuredWorkload) -> str:
    medians = seen.medians
    others = min((wall for other, wall in medians.items() if other != model), default=inf)
    if model not in medians or others == inf:
        return f"{seen.workload}: {model} was not measured beside another."
    return f"{seen.workload}: {model} {seconds(medians[model])}, best of the others {others / medians[model]:.2f}x."


def _place(section: Section) -> str:
    return f"{section.notebook[:2]}: {section.heading}"


def _link(section: Section) -> str:
    address = f"{section.notebook}.ipynb#cell-id={section.cell}"
    return f'<a href="{address}" style="color:{BLUE}">{prose(_place(section))}</a>'


def _row(kind: Kind, reasons: Sequence[Reason]) -> str:
    why = "<br>".join(f"{_link(reason.section)}: {prose(reason.words)}" for reason in reasons)
    cells = "".join(f'<td style="{CELL}">{cell}</td>' for cell in (prose(kind.take), why, prose(kind.otherwise)))
    return f'<tr style="background:{GROUND}"><th scope="row" style="{HEAD}">{escape(kind.name)}</th>{cells}</tr>'
