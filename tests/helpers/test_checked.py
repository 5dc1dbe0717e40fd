"""Arguments checked: what is let through, and what a learner is told of the rest."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from helpers.page.checked import check_choice, check_flag, check_function, check_number, check_text


@pytest.mark.parametrize(
    "value", [1, 0.5, 60, np.float32(0.5), np.float64(0.5), np.int64(1), np.uint8(60), Fraction(1, 2), Decimal("0.5")]
)
def test_a_number_within_its_bounds_is_let_through_as_a_plain_one(value: Any) -> None:
    number = check_number("wait", value, 0, 60, "seconds", above=True)
    assert type(number) is (int if type(value) is int else float) and number == float(value)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        60.5,
        float("nan"),
        float("inf"),
        10**400,
        -(10**400),
        pytest.param(10**5000, id="huge"),
        Fraction(10**400),
        Decimal("1e400"),
        Decimal("1e-400"),
        Decimal("nan"),
        Decimal("snan"),
        Decimal("-inf"),
        np.float32("nan"),
    ],
)
def test_a_number_out_of_its_bounds_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^wait is a number of seconds above 0 and up to 60, not "):
        check_number("wait", value, 0, 60, "seconds", above=True)


@pytest.mark.parametrize(
    "value", [float("inf"), 10**400, pytest.param(10**5000, id="huge"), Decimal("1e400"), float("nan")]
)
def test_without_a_bound_it_must_still_be_a_number_that_python_can_count_with(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^predict is a number of seconds above 0, not "):
        check_number("predict", value, 0, unit="seconds", above=True)


@pytest.mark.parametrize("value", [True, "1", None, 1j, np.bool_(True), np.array([1, 2]), [1]])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^rounds is a number from 1 to 1,000, not "):
        check_number("rounds", value, 1, 1000)


@pytest.mark.parametrize("value", [1.0, np.float64(1), Fraction(2), Decimal(2), True])
def test_a_whole_number_is_none_with_a_fraction(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^rounds is a whole number from 1 on, not "):
        check_number("rounds", value, 1, whole=True)


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_a_whole_number_comes_back_as_a_plain_one(value: Any) -> None:
    number = check_number("rounds", value, 1, whole=True)
    assert type(number) is int and number == 3


def test_an_error_does_not_write_out_hundreds_of_digits() -> None:
    for value in (10**400, 10**5000):
        with pytest.raises(ValueError, match=r"^rounds is a whole number from 1 to 1,000, not ") as caught:
            check_number("rounds", value, 1, 1000, whole=True)
        assert len(str(caught.value)) < 150


def test_choices_texts_and_flags() -> None:
    check_choice("kind", "b", ["a", "b", "c"])
    with pytest.raises(ValueError, match=r"^kind is 'a', 'b' or 'c', not 'd'$"):
        check_choice("kind", "d", ["a", "b", "c"])
    assert check_text("a label", " one ", "two") == "one"
    with pytest.raises(TypeError, match=r"^a label is a text such as 'two', not 3$"):
        check_text("a label", 3, "two")
    with pytest.raises(ValueError, match="must not be empty"):
        check_text("a label", "  ", "two")
    assert check_flag("warm_up", True)
    with pytest.raises(TypeError, match=r"^warm_up is True or False, not 1$"):
        check_flag("warm_up", 1)


async def call(number: int) -> None:
    """Do nothing."""


def test_a_function_is_one_that_can_be_called_so() -> None:
    check_function("ask", call, 0)
    check_function("ask", min, 0)  # written in C: it does not tell its arguments
    with pytest.raises(TypeError, match=r"^ask must be a function that is called with 0, not None$"):
        check_function("ask", None, 0)
    with pytest.raises(TypeError, match=r"^ask has been called already, once and for all: write call, not call\(\)$"):
        check_function("ask", call(0), 0)
    with pytest.raises(TypeError, match=r"^ask is called without arguments, and that does not work: missing .*lambda"):
        check_function("ask", call)
