"""A kernel to try things in that must not happen in your own: several cells queued at once, as Run All does.

`await run_all("label", [source, source, ...])` starts it, shows what became of each cell, and ends it.
"""

from .cell import ScratchCell
from .cells import ScratchRun
from .run_all import run_all

__all__ = ["ScratchCell", "ScratchRun", "run_all"]
