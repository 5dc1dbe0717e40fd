"""What the bench tells about one check."""

from dataclasses import dataclass, field

from helpers.exercises.finding import Finding
from helpers.runs.run import Run

STACK_FILE = "stack.txt"
"""Where in its folder the bench writes how a function stood that did not end."""


@dataclass
class CheckResult:
    """What was found, at most two things, the most telling first; none means that the function is right.

    Attributes:
        findings: what is wrong.
        sentence: what was seen, where nothing is wrong.
        run: the run that showed it, to be drawn; None where the process had to be ended by force.
        printed: what the function printed.
    """

    findings: list[Finding] = field(default_factory=list)
    sentence: str = ""
    run: Run | None = None
    printed: str = ""
