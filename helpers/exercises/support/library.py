"""Functions of the check's own that stand for those of a library."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def of_a_library(function: Callable[P, T]) -> Callable[P, T]:
    """Have the recorders take it for a library's: a line that blocked in it is the learner's, who called it."""
    function.__code__ = function.__code__.replace(co_filename=f"<{function.__name__}>")
    return function
