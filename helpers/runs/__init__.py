"""Measured blocks of code, and what they left behind."""

from helpers.runs.measured_block import measure
from helpers.runs.run import Run
from helpers.runs.several_runs import latency, side_by_side

__all__ = ["Run", "latency", "measure", "side_by_side"]
