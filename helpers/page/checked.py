"""Arguments of what a learner types, checked: an error says what was given, and what is allowed."""

import inspect
from collections.abc import Sequence
from decimal import Decimal
from math import inf, nan
from numbers import Integral, Real
from sys import float_info
from types import EllipsisType
from typing import Literal, overload

from helpers.page.words import brief

LONGEST_SHOWN = 80
"""Characters of what was given that an error repeats."""

LONGEST_GUESS = 1e9
"""Seconds, some thirty years: no chart need reach further."""


@overload
def check_number(
    name: str, value: object, low: float, high: float = inf, unit: str = "", *, above: bool = False,
    whole: Literal[True],
) -> int: ...  # fmt: skip


@overload
def check_number(
    name: str, value: object, low: float, high: float = inf, unit: str = "", *, above: bool = False,
    whole: Literal[False] = False,
) -> float: ...  # fmt: skip


def check_number(
    name: str, value: object, low: float, high: float = inf, unit: str = "", *, above: bool = False, whole: bool = False
) -> float:
    """Check that an argument is a number within its bounds; return it as a plain `float` or `int`.

    Numbers of every kind are numbers: numpy's, `Fraction` and `Decimal` too. Whoever goes on to compute takes what is
    returned: a `Decimal` cannot be added to a time, and numpy's small integers overflow.

    Args:
        name: the argument.
        value: what was given.
        low: the least that is allowed; with ``above``, what it must be greater than.
        high: the most that is allowed.
        unit: what it counts, such as "seconds".
        above: see ``low``.
        whole: whether it must be a whole number.

    Raises:
        TypeError: it is no number, or no whole one.
        ValueError: it is out of its bounds, or not finite.
    """
    kind = f"a {'whole ' if whole else ''}number{f' of {unit}' if unit else ''}"
    if above:
        bounds = f"above {low:,g}" if high == inf else f"above {low:,g} and up to {high:,g}"
    else:
        bounds = f"from {low:,g} on" if high == inf else f"from {low:,g} to {high:,g}"
    allowed = f"{name} is {kind} {bounds}"
    number = as_float(value)
    if number is None or (whole and not isinstance(value, Integral)):
        raise TypeError(f"{allowed}, not {value!r}")
    enough = number > low if above else number >= low
    if not (enough and number <= min(high, float_info.max)):  # false for nan
        raise ValueError(f"{allowed}, not {_shown(value)}")
    if whole and isinstance(value, Integral):
        return int(value)
    return value if type(value) in (int, float) else number  # type: ignore[return-value]


def check_guess(value: float | EllipsisType | None) -> float | None:
    """Check that `predict` is a guess of a wall time, in seconds; return it, or None for a blank (`...`) and for none.

    A page's "Predict" cells hold a blank until the learner fills it in: it is drawn nowhere and counted nowhere.

    Raises TypeError for what is no number, ValueError for one that is no time that can be drawn.
    """
    if value is None or value is ...:
        return None
    return float(check_number("predict", value, 0, LONGEST_GUESS, "seconds", above=True))


def as_float(value: object) -> float | None:
    """A number of any kind as a `float`, infinite where it is too large for one; None for what is no real number.

    True and False are none here, although Python counts them among the whole numbers.
    """
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:  # a whole number or a fraction beyond 1.8e308
        return -inf if value < 0 else inf
    except ValueError:  # Decimal's signalling nan
        return nan


def _shown(number: object) -> str:
    try:
        return brief(repr(number), LONGEST_SHOWN)
    except ValueError:  # Python writes out no whole number of more than 4,300 digits
        return "one of thousands of digits"


def check_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Check that an argument is one of a few texts. Raises ValueError."""
    if value not in allowed:
        *first, last = map(repr, allowed)
        raise ValueError(f"{name} is {', '.join(first)} or {last}, not {value!r}")


def check_text(name: str, value: object, example: str) -> str:
    """Check that an argument is a text that says something; return it without the spaces around it.

    Half a character becomes another, see `whole_characters`.

    Raises TypeError for what is no text, ValueError for an empty one.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} is a text such as {example!r}, not {value!r}")
    if not value.strip():
        raise ValueError(f"{name} is a text such as {example!r}, and must not be empty")
    return whole_characters(value.strip())


def whole_characters(text: str) -> str:
    """The text with "\N{REPLACEMENT CHARACTER}" in place of half a character.

    JSON may have one, a lone surrogate of UTF-16. It can be neither shown nor kept.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check_function(name: str, function: object, *arguments: object) -> None:
    """Check that an argument is a function that can be called with these. Raises TypeError."""
    given = f"with {', '.join(map(repr, arguments))}" if arguments else "without arguments"
    if inspect.iscoroutine(function):
        called = function.__name__
        function.close()  # or Python warns that it was never awaited
        raise TypeError(f"{name} has been called already, once and for all: write {called}, not {called}()")
    if not callable(function):
        raise TypeError(f"{name} must be a function that is called {given}, not {function!r}")
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        hint = "" if arguments else ". Give them in a lambda, such as lambda: fetch_all(10)"
        raise TypeError(f"{name} is called {given}, and that does not work: {error}{hint}") from None
    except ValueError:
        pass  # some functions written in C do not tell their arguments


def check_flag(name: str, value: object) -> bool:
    """Check that an argument is True or False; return it. Raises TypeError."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is True or False, not {value!r}")
    return value
