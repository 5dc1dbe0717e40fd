"""Query parameters: declared with their bounds, checked, and refused with a message that helps."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class Refused(Exception):
    """A request that cannot be answered as it was asked. Becomes an answer with a JSON body.

    Raised once: what outlives its request keeps the three attributes and lets go of the exception.

    Args:
        status: the HTTP status, 400 unless something else fits better.
        body: what to tell the client; `error` is a sentence.
        headers: further headers of the answer.
    """

    def __init__(self, body: Mapping[str, Any], status: int = 400, headers: Mapping[str, str] | None = None):
        super().__init__(body["error"])
        self.body = dict(body)
        self.status = status
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Number:
    """A number between two bounds, both allowed. With `whole` it must be an integer."""

    name: str
    default: float
    low: float
    high: float
    says: str
    whole: bool = False

    @property
    def allowed(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:,.13g} to {self.high:,.13g}"

    def read(self, given: str) -> float:
        try:
            # int() and float() also take "1_000", which no other language's query strings do.
            value = math.nan if "_" in given else int(given) if self.whole else float(given)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high:  # false for nan
            raise bad_value(self.name, given, self.allowed)
        return value


@dataclass(frozen=True)
class Text:
    """A short text."""

    name: str
    default: str
    says: str
    longest: int = 64

    @property
    def allowed(self) -> str:
        return f"1 to {self.longest} characters"

    def read(self, given: str) -> str:
        if not 1 <= len(given) <= self.longest:
            raise bad_value(self.name, given, self.allowed)
        return given


@dataclass(frozen=True)
class Names:
    """A choice of names, separated by commas. None means that nothing was chosen."""

    name: str
    choices: tuple[str, ...]
    says: str
    default: None = None

    @property
    def allowed(self) -> str:
        return "one or more of " + ", ".join(self.choices) + ", separated by commas"

    def read(self, given: str) -> tuple[str, ...]:
        chosen = tuple(name.strip() for name in given.split(","))
        if not set(chosen) <= set(self.choices):
            raise bad_value(self.name, given, self.allowed)
        return chosen


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    name: str
    says: str
    default: bool = False
    allowed: str = "true or false"

    def read(self, given: str) -> bool:
        if given not in ("true", "false"):
            raise bad_value(self.name, given, self.allowed)
        return given == "true"


@dataclass(frozen=True)
class Choice:
    """One of a few whole numbers."""

    name: str
    default: int
    choices: tuple[int, ...]
    says: str

    @property
    def allowed(self) -> str:
        return "one of " + ", ".join(map(str, self.choices))

    def read(self, given: str) -> int:
        if given not in map(str, self.choices):
            raise bad_value(self.name, given, self.allowed)
        return int(given)


Parameter = Number | Text | Names | Flag | Choice


def bad_value(name: str, given: str, allowed: str) -> Refused:
    """The refusal of one parameter's value."""
    return Refused({"error": f"{name} must be {allowed}", "parameter": name, "given": given, "allowed": allowed})


def read_parameters(
    declared: Mapping[str, Parameter], given: Iterable[tuple[str, str]], *, any_name: bool = False
) -> dict[str, Any]:
    """Check a query string against the parameters of a route.

    Args:
        declared: the route's parameters by name.
        given: the query's pairs, in order.
        any_name: let names pass that are not declared (for /echo), unread.

    Returns:
        A value for each declared parameter, its default where it was not given.

    Raises:
        Refused: an unknown name, a name given twice, or a value outside its bounds.
    """
    values: dict[str, Any] = {name: parameter.default for name, parameter in declared.items()}
    seen: set[str] = set()
    for name, text in given:
        parameter = declared.get(name)
        if parameter is None:
            if any_name:
                continue
            raise _unknown_name(name, text, list(declared))
        if name in seen:
            raise Refused({"error": f"{name} was given twice", "parameter": name, "given": text, "allowed": "once"})
        seen.add(name)
        values[name] = parameter.read(text)
    return values


def _unknown_name(name: str, text: str, allowed: list[str]) -> Refused:
    near = difflib.get_close_matches(name, allowed, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Refused(
        {
            "error": f"there is no parameter {name} here{hint}",
            "parameter": name,
            "given": text,
            "allowed": sorted(allowed),
        }
    )
