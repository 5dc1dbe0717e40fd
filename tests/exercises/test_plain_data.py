"""What a learner's function returned is plain data for a judge, whatever it was."""

import asyncio
import collections
import decimal
import enum
import fractions
import ssl
from collections.abc import Iterator
from concurrent.futures import Future
from http.client import HTTPResponse
from typing import Any
from unittest.mock import Mock

import numpy
import pandas
import pytest

from helpers.exercises import judges
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import MOST_ITEMS, Strange, as_plain, kind_of

pytestmark = pytest.mark.unit

Pair = collections.namedtuple("Pair", "code name")


class Colour(enum.IntEnum):
    RED = 1


class Huge(enum.IntEnum):
    MUCH = 10**5000


class Word(str):
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


class Numbers(list[int]):
    def __iter__(self) -> Iterator[int]:
        raise ValueError("no")

    def __len__(self) -> int:
        raise ValueError("no")


class Liar:
    """It says that it is a list, equals everything, and cannot be shown."""

    @property
    def __class__(self) -> type[list[int]]:  # type: ignore[override]
        return list

    def __eq__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        raise ValueError("no")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("thing", "plain"),
    [
        (Pair("FR", "France"), ("FR", "France")),
        (Word("a"), "a"),
        (Numbers([1, 2]), [1, 2]),
        (Colour.RED, 1),
        (numpy.float64(0.5), 0.5),
        (numpy.int64(3), 3),
        (numpy.array(3.5), 3.5),
        (numpy.bool_(True), True),
        (fractions.Fraction(1, 2), 0.5),
        (decimal.Decimal("1.5"), 1.5),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.OrderedDict(a=[Pair(1, 2)]), {"a": [(1, 2)]}),
        ({Word("k"): 1}, {"k": 1}),
        (frozenset({Pair(1, 2)}), {(1, 2)}),
        (bytearray(b"x"), b"x"),
        (None, None),
    ],
)
def test_it_becomes_plain(thing: Any, plain: Any) -> None:
    made = as_plain(thing)
    assert made == plain and type(made) is type(plain)


HOLDS_ITSELF: list[Any] = []
HOLDS_ITSELF.append(HOLDS_ITSELF)


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (Liar(), "a Liar"),
        ((n for n in [1]), "a generator"),
        (map(str, [1]), "a map"),
        (pandas.DataFrame({"a": [1]}), "a DataFrame"),
        (numpy.array([1]), "an array"),
        ({}.values(), "the values of a dict"),
        (range(3), "a range"),
        (collections.deque([1]), "a deque"),
        (list, "a class"),
        (HTTPResponse(Mock()), "an HTTPResponse"),
        (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "an SSLContext"),
        ([0] * (MOST_ITEMS + 1), f"a list of more than {MOST_ITEMS:,} things, or one that holds itself"),
        (HOLDS_ITSELF, f"a list of more than {MOST_ITEMS:,} things, or one that holds itself"),
    ],
)
def test_what_is_not_plain_equals_nothing_and_can_be_shown(thing: Any, words: str) -> None:
    made = as_plain(thing)
    assert isinstance(made, Strange) and repr(made) == kind_of(made) == words
    assert made != [1] and made != {}


def test_what_is_to_be_told_apart_stays() -> None:
    future: Future[int] = Future()
    error = ValueError("no")
    loop = asyncio.new_event_loop()
    ours = loop.create_future()
    for thing in (future, error, ours):
        assert as_plain([thing])[0] is thing
    loop.close()


PAGES = [{"code": code} for code in "ABCD"]


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (None, "It returned None, not the pages."),
        (tuple(PAGES), "It returned a tuple. What is in it is right; a list is wanted: the pages."),
        (iter(PAGES), "It returned a list_iterator, not the pages. Such a thing holds no results"),
        (PAGES[::-1], "All results are there, but in another order"),
        (PAGES[:3], "It returned 3 of 4 results: not the pages. Some were never collected."),
        (PAGES + PAGES[:1], "It returned 5 results; 4 are wanted: the pages. Some were collected twice."),
        ([PAGES[0]] * 4, "It returned 4 of 4 results: not the pages. Some were never collected, and others twice."),
        ([*PAGES[:3], None], "Item 4 of the 4 that it returned is None: not one of the pages."),
        ({"A": 1}, "It returned a dict, not the pages. A list is wanted."),
        ("[]", "It returned [], not the pages."),
        (pandas.DataFrame(), "It returned a DataFrame, not the pages. A list is wanted."),
    ],
)
def test_values_tells_the_causes_apart(result: Any, says: str) -> None:
    seen = Observation(result=as_plain(result))
    seen.run.server = Mock(requests=0)
    found = str(judges.values(seen, PAGES, "the pages"))
    if says not in found:
        pytest.fail(found)


@pytest.mark.parametrize(("result", "right"), [(3, True), (3.0, True), (True, False), ("3", False), (Word("3"), False)])
def test_values_of_a_number(result: Any, right: bool) -> None:
    seen = Observation(result=as_plain(result))
    seen.run.server = Mock(requests=0)
    assert (judges.values(seen, 3, "the number of pages") is None) == right
    assert judges.values(Observation(result=True), True, "whether") is None


@pytest.mark.parametrize("huge", [10**5000, -(10**5000), Huge.MUCH], ids=["one", "negative", "of an enum"])
def test_an_int_that_python_does_not_write_is_no_plain_data(huge: int) -> None:
    (plain,) = as_plain([huge])
    assert repr(plain) == "an int of thousands of digits"
    assert as_plain(2**2000) == 2**2000
