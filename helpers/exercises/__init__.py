"""Exercises, judged by evidence: `check`, `hint`, `solution`, `order`, `choose`, `progress`."""

from helpers.exercises.checking import check
from helpers.exercises.help import hint, solution
from helpers.exercises.ordering import order
from helpers.exercises.overview import progress
from helpers.exercises.questions import choose

__all__ = ["check", "choose", "hint", "order", "progress", "solution"]
