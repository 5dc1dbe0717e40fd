"""The knobs of a panel: what their values may be, and the widget that each becomes."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from numbers import Integral
from typing import TYPE_CHECKING, Any

from helpers.page.checked import as_float
from helpers.page.words import brief

if TYPE_CHECKING:
    from helpers.knobs.knob_input import KnobInput

WIDE = 100
"""In a range whose end is so many times its beginning the buttons go by round numbers, not by equal steps."""
STEPS = 50
"""About so many steps has a range of fractions."""
DIGITS = 12
"""So many digits of a fraction are meant; the rest is what adding steps up has left."""
ROUND = (1, 1.5, 2, 3, 5, 7)
"""The round numbers of each power of ten."""


@dataclass(frozen=True)
class Knob:
    """One argument of the function that can be changed.

    Attributes:
        name: the argument's.
        values: those of a list; of a range, the round numbers that its buttons go by, if they do.
        start: the one it begins with.
        low, high, step: of a range; a step of 1 with whole numbers.
        listed: whether it is a list to choose from, not a range.
    """

    name: str
    values: tuple[Any, ...]
    start: Any
    low: float = 0
    high: float = 0
    step: float = 0
    listed: bool = False

    def widget(self, letters: int) -> "KnobInput":
        """A field or a list, which begins with the start, and has room for so many letters of name."""
        from helpers.knobs.knob_input import ListInput, NumberInput

        look: dict[str, Any] = {"style": {"description_width": f"{letters + 1}ch"}, "layout": {"width": "auto"}}
        if self.listed:
            return ListInput(self.name, [(label(value), value) for value in self.values], self.start, **look)
        return NumberInput(self.name, self.start, (self.low, self.high), self.step, self.values, **look)

    def read(self, widget: Any) -> Any:
        """The value that the widget is set to."""
        if self.listed or isinstance(self.start, int):
            return widget.value
        return float(f"{widget.value:.{DIGITS}g}")  # three steps of 0.1 are 0.30000000000000004


def knobs_of(function: Callable[..., Any], given: Mapping[str, object]) -> list[Knob]:
    """Make the knobs that `explore` was given for the function.

    Raises TypeError where the function has no such argument, or needs one that has no knob, and TypeError or ValueError
    for a knob that is neither a range nor a list.
    """
    if not given:
        raise TypeError("explore needs a knob: an argument with a range or a list, such as n=(1, 200)")
    defaults = _defaults(function, given)
    return [_knob(name, spec, defaults.get(name)) for name, spec in given.items()]


def label(value: object) -> str:
    """A value as the page shows it."""
    if isinstance(value, str):
        return brief(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return brief(getattr(value, "__name__", repr(value)))


def decimals(step: float) -> int:
    """How many decimals numbers have that are so far apart."""
    return max(0, -floor(log10(step))) if step else 0


def _defaults(function: Callable[..., Any], given: Mapping[str, object]) -> dict[str, Any]:
    try:
        signature = inspect.signature(function)
    except ValueError:
        return {}  # some functions written in C do not tell their arguments
    try:
        signature.bind(**given)
    except TypeError as error:
        raise TypeError(
            f"{name_of(function)}{signature} cannot be called with the knobs {', '.join(given)}: {error}. Every "
            "argument without a default needs a knob, and every knob must be an argument"
        ) from None
    return {name: parameter.default for name, parameter in signature.parameters.items()}


def name_of(function: Callable[..., Any]) -> str:
    """The function's name: of what functools.partial has wrapped, and of an object that can be called, its class's."""
    while hasattr(function, "func"):
        function = function.func
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def _knob(name: str, spec: object, default: object) -> Knob:
    if isinstance(spec, list):
        return _listed(name, spec, default)
    if isinstance(spec, tuple):
        return _ranged(name, spec, default)
    raise TypeError(
        f"the knob {name} is a range of numbers such as {name}=(1, 200), or a list of values such as "
        f"{name}=[10, 100, None], not {spec!r}"
    )


def _listed(name: str, values: list[Any], default: object) -> Knob:
    if not values:
        raise ValueError(f"the list of the knob {name} is empty: give it the values to choose from")
    same = [value for value in values if type(value) is type(default) and value == default]
    return Knob(name, tuple(values), same[0] if same else values[0], listed=True)


def _ranged(name: str, spec: tuple[Any, ...], default: object) -> Knob:
    if len(spec) != 2 or any(as_float(end) is None for end in spec):
        raise TypeError(f"the range of the knob {name} is two numbers such as (1, 200), not {spec!r}")
    low, high = map(_plain, spec)
    if not (isfinite(low) and isfinite(high) and low < high):
        raise ValueError(f"the range of the knob {name} goes from a number to a greater one, not from {low} to {high}")
    whole = isinstance(low, int) and isinstance(high, int)
    usable = isinstance(default, (int, float)) and not isinstance(default, bool) and low <= default <= high
    if low > 0 and high / low >= WIDE:
        values, step = round_numbers(low, high, whole), 1 if whole else 10.0 ** floor(log10(low))
        if usable and (isinstance(default, int) or not whole):
            start = default if whole else float(default)  # type: ignore[arg-type]
            return Knob(name, tuple(sorted({*values, start})), start, low, high, step)
        start = min(values, key=lambda value: abs(log10(value / (low * high) ** 0.5)))
        return Knob(name, values, start, low, high, step)
    if whole:
        middle = (low + high) // 2
        return Knob(name, (), default if usable and isinstance(default, int) else middle, low, high, 1)
    step = _step((high - low) / STEPS)
    start = float(default) if usable else round(low + (high - low) / 2, decimals(step))  # type: ignore[arg-type]
    return Knob(name, (), start, low, high, step)


def _plain(end: Any) -> float:
    """An end of a range as a plain number: it may be one of numpy's, or too large."""
    number = as_float(end)
    assert number is not None
    return int(end) if isinstance(end, Integral) and isfinite(number) else number


def round_numbers(low: float, high: float, whole: bool) -> tuple[Any, ...]:
    """The ends, and the round numbers between them: 1, 1.5, 2, 3, 5, 7, 10, 15 …"""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    found = [float(f"{digit}e{power}") for power in powers for digit in ROUND]
    inside = [number for number in found if low < number < high and (not whole or number == int(number))]
    return tuple((int if whole else float)(number) for number in (low, *inside, high))


def _step(wanted: float) -> float:
    """The next greater of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** floor(log10(wanted))
    return float(f"{min(digit for digit in (1, 2, 5, 10) if digit * power >= wanted) * power:.0e}")
