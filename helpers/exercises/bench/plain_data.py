"""What a learner's function returned, as plain data that a judge can compare, count and show.

A learner may return anything: an array whose `==` is an array, an object that says it equals everything, a text that
cannot be shown, a list without an end. None of it may fool a judge or break it.
"""

import asyncio
import numbers
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from decimal import Decimal
from types import CoroutineType
from typing import Any

MOST_ITEMS = 100_000
"""Of one result, all its parts together. No exercise asks for more than some hundreds."""

DEEPEST = 50

MOST_BITS = 10_000
"""Of an int: Python does not write one of more than 4,300 digits, which are about 14,000 bits."""

_WORDS = {
    "NoneType": "None", "generator": "a generator", "async_generator": "an async generator", "map": "a map",
    "filter": "a filter", "zip": "a zip", "dict_values": "the values of a dict", "dict_keys": "the keys of a dict",
    "dict_items": "the items of a dict", "ndarray": "an array", "type": "a class",
}  # fmt: skip


class Strange:
    """Stands for a thing that is no plain data. It equals nothing but itself.

    Attributes:
        words: what it is, such as "a DataFrame".
        once: whether it can be read once only, as a generator.
    """

    def __init__(self, words: str, once: bool = False) -> None:
        self.words = words
        self.once = once

    def __repr__(self) -> str:
        return self.words


def as_plain(thing: Any) -> Any:
    """The same as plain data: lists, tuples, sets, dicts, texts, bytes, numbers, booleans and None.

    What is a subclass of one of these, or a number of another kind (`Fraction`, `Decimal`, numpy's), becomes the plain
    one. Coroutines, tasks, futures, exceptions and things of the course's own stay as they are. All else becomes
    `Strange`. Nothing of the learner's classes is called but what makes a number of a number.
    """
    left = [MOST_ITEMS]
    try:
        return _plain(thing, left, 0)
    except _TooMuch:
        return Strange(f"{kind_of(thing)} of more than {MOST_ITEMS:,} things, or one that holds itself")


def kind_of(thing: Any) -> str:
    """What it is, in words: "a list", "an int", "None"."""
    if type(thing) is Strange:
        return thing.words
    name = str(type.__getattribute__(type(thing), "__name__"))
    spelled = name[:2].isupper()  # as in "an HTTPError"
    return _WORDS.get(name) or f"{'an' if name[:1] in ('AEFHILMNORSX' if spelled else 'aeiouAEIOU') else 'a'} {name}"


class _TooMuch(Exception):
    """It has no end, or hardly one."""


def _plain(thing: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > DEEPEST:
        raise _TooMuch
    kind = type(thing)
    if kind is int:
        return _int(thing)
    if thing is None or kind in (bool, float, complex, str, bytes, type(...), Strange):
        return thing
    bases = type.__getattribute__(kind, "__mro__")  # whatever the class says that it is

    def each(iterator: Any) -> list[Any]:
        return [_plain(part, left, depth + 1) for part in iterator]

    if list in bases:
        return each(list.__iter__(thing))
    if tuple in bases:
        return tuple(each(tuple.__iter__(thing)))
    if dict in bases:
        keys, values = each(dict.keys(thing)), each(dict.values(thing))
        return dict(zip((_hashable(key) for key in keys), values, strict=True))
    if set in bases or frozenset in bases:
        parts = set.__iter__(thing) if set in bases else frozenset.__iter__(thing)
        return {_hashable(part) for part in each(parts)}
    if bool in bases or int in bases:
        return _int(int.__int__(thing))
    for base, plain in _BY_BASE.items():
        if base in bases:
            return plain(thing)
    if any(one in bases for one in _TOLD_APART):
        return thing
    if str(type.__getattribute__(kind, "__module__")).partition(".")[0] == "helpers":
        return thing
    if numbers.Number in bases or Decimal in bases or _is_numpys(thing, kind):
        return _number(thing, kind)
    return _strange(thing, kind)


_TOLD_APART = (CoroutineType, asyncio.Future, Future, BaseException)
"""What a judge speaks of by its class: jobs that nobody has run, or collected."""

_BY_BASE: Mapping[type, Callable[[Any], Any]] = {
    float: float.__float__,
    str: str.__str__,
    bytes: bytes.__bytes__,
    complex: complex.__complex__,
    bytearray: bytes,
}


def _int(thing: int) -> int | Strange:
    return thing if thing.bit_length() <= MOST_BITS else Strange("an int of thousands of digits")


def _hashable(part: Any) -> Any:
    """A part of a set, or a key: what was hashable by its own rules may be no longer."""
    try:
        hash(part)
    except TypeError:
        return Strange(kind_of(part))
    return part


def _is_numpys(thing: Any, kind: type) -> bool:
    """Whether it is one number of numpy's, or an array of no dimension, which holds one."""
    if str(type.__getattribute__(kind, "__module__")).partition(".")[0] != "numpy":
        return False
    return getattr(thing, "shape", None) == () and hasattr(thing, "item")


def _number(thing: Any, kind: type) -> Any:
    try:
        value = thing.item() if _is_numpys(thing, kind) else float(thing)
        return value if type(value) in (int, float, bool, complex, str) else _strange(thing, kind)
    except Exception:  # a number of the learner's own
        return _strange(thing, kind)


def _strange(thing: Any, kind: type) -> Strange:
    slots = {name for base in type.__getattribute__(kind, "__mro__") for name in vars(base)}
    return Strange(kind_of(thing), once="__next__" in slots or "__anext__" in slots)
