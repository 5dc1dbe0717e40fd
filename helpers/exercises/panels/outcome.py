"""What a learner sees of a check."""

from collections.abc import Generator
from html import escape
from typing import TYPE_CHECKING, Literal

from helpers.exercises.bench.check_result import CheckResult
from helpers.exercises.finding import Finding
from helpers.exercises.headings import link_to
from helpers.page.card import QUIET, block, card, prose, quiet
from helpers.page.colours import AGAIN, BLUE, DONE, GREY

if TYPE_CHECKING:
    from helpers.charts import Chart
    from helpers.runs.run import Run, View

State = Literal["done", "not yet", "again"]

_HEADS = {
    "done": (DONE, "✓ Done"),
    "not yet": (GREY, "○ Not yet"),
    "again": (AGAIN, "↻ Look again"),
}


class Outcome:
    """The result of a check: shown as a card when it is a cell's last line.

    `check(...)` needs no `await`. It may have one all the same, which changes nothing, because where functions are
    awaited nobody should have to remember which calls are not.

    Attributes:
        name, title: which exercise it was.
        state: "done"; "again" (something was found); "not yet" (there is nothing to check).
        findings: what was found, at most two things.
        sentence: what was seen, or what is missing.
        run: the measured run that showed it, or None.
        following: what could be done next, in one sentence.
    """

    def __init__(self, name: str, title: str, state: State, check_result: CheckResult, following: str = "") -> None:
        self.name = name
        self.title = title
        self.state: State = state
        self.findings: list[Finding] = check_result.findings
        self.sentence = check_result.sentence
        self.run: Run | None = check_result.run
        self.printed = check_result.printed
        self.following = following

    def timeline(self, view: "View" = "tasks") -> "Chart":
        """Draw what your function did, as `Run.timeline` does. Raises ValueError where it was not run to an end."""
        if self.run is None:
            raise ValueError("there is no run to draw: the function was not run, or had to be stopped by force")
        return self.run.timeline(view)

    def __await__(self) -> Generator[None, None, "Outcome"]:
        return self
        yield  # never reached; it makes this a generator, as `await` wants it

    def __repr__(self) -> str:
        # Without the sign: not every script's output can show it, and then `print` would fail.
        lines = [f"{_HEADS[self.state][1][2:]}: {self.title}", self.sentence]
        lines += [str(finding) for finding in self.findings]
        lines += [f"It printed:\n{self.printed.rstrip()}" if self.printed else "", self.following]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        edge, head = _HEADS[self.state]
        parts = [f'<b style="color:{edge}">{head}: {escape(self.title)}</b>', prose(self.sentence)]
        parts += [_shown(finding, link_to(self.name, finding.look)) for finding in self.findings]
        if self.printed:
            parts.append(quiet("It printed") + block(self.printed.rstrip()))
        if self.following:
            parts.append(f'<span style="{QUIET}">{prose(self.following)}</span>')
        return card("exercise-card", edge, *parts)


def _shown(finding: Finding, address: str) -> str:
    title = f"<i>{prose(finding.look)}</i>"
    title = f'<a href="{escape(address)}" style="color:{BLUE}">{title}</a>' if address else title
    section = f'<br><span style="{QUIET}">Look at: {title}</span>' if finding.look else ""
    means = f"<br>{prose(finding.means)}" if finding.means else ""
    return f"<b>{prose(finding.seen)}</b>{means}{section}"
