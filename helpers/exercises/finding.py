"""What a check found wrong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was seen and should not be. It never says what to write instead.

    Attributes:
        seen: the evidence, such as "The server saw at most 1 request in flight."
        means: what that usually comes from.
        look: the heading of the section of the notebook that shows it, or "" where the finding speaks for itself.
    """

    seen: str
    means: str
    look: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.seen, self.means, self.look and f"Look at: {self.look}.") if part)


class Telling(Exception):
    """Raised where a run ended in such a way that nothing more can be judged; carries the finding that says so."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding
