"""One cell that a scratch kernel was sent, and what became of it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["waiting", "running", "ran", "failed", "skipped", "lost", "given up", "gone"]


@dataclass
class ScratchCell:
    """One cell: its source, what became of it, and what a reader of the notebook would see below it.

    state: "ran"; "failed" (it raised); "skipped" (one before it failed); "lost" (the kernel has answered a later
        request, and never this one); "given up" (it took too long); "gone" (the kernel ended first).
    took: seconds from the kernel's word that it began to its reply, as they came here; None if it did not run.
    number: the N of its `[N]`; None while that is `[*]`.
    output: printed text, values and tracebacks.
    stderr: what it wrote on standard error, which JupyterLab shows below the cell too.
    """

    source: str
    state: State = "waiting"
    took: float | None = None
    number: int | None = None
    output: str = ""
    stderr: str = ""
    error: str = ""  # such as "ValueError: too small"; empty when it did not fail

    @property
    def ran(self) -> bool:
        """Whether the kernel ran it, to its end or to its error."""
        return self.state in ("ran", "failed")

    @property
    def shown(self) -> str:
        """All text that a reader of the notebook sees below the cell."""
        return self.output + self.stderr
