"""Exercises, judged by evidence: `check`, `hint`, `solution`, `order`, `choose`, `progress`."""

from helpers.exercises.checking import check
from helpers.exercises.choosing import choose
from helpers.exercises.help import hint, solution
from helpers.exercises.ordering import order
from helpers.exercises.progress import progress

__all__ = ["check", "choose", "hint", "order", "progress", "solution"]
