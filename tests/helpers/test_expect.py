"""expect() shows the failure that a lesson is about, and lets every other one through."""

import warnings
from typing import Any

import pytest
import requests

from helpers import expect, measure


def test_an_expected_error_is_printed_word_for_word_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    with expect(ValueError):
        int("waiting")
    printed = capsys.readouterr().out
    assert printed.startswith("ValueError: invalid literal for int() with base 10: 'waiting'")
    assert 'int("waiting")' in printed


def test_the_learners_own_line_is_named_not_the_librarys(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    with expect(json.JSONDecodeError):
        json.loads("{")
    printed = capsys.readouterr().out
    assert 'json.loads("{")' in printed
    assert "raw_decode" not in printed


def test_the_hooks_of_a_measured_block_are_not_the_learners_own_line(capsys: pytest.CaptureFixture[str]) -> None:
    with measure("nobody listens"), expect(requests.ConnectionError):
        requests.get("http://127.0.0.1:9/")
    assert "raised by line" in (printed := capsys.readouterr().out)
    assert 'requests.get("http://127.0.0.1:9/")' in printed


def test_an_exception_group_is_shown_with_what_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    with expect(ExceptionGroup):
        raise ExceptionGroup("several", [ValueError("one"), TimeoutError()])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "ExceptionGroup: several (2 sub-exceptions)",
        "    with ValueError: one",
        "    with TimeoutError",
    ]


def test_the_function_is_named_where_the_error_comes_from_one(capsys: pytest.CaptureFixture[str]) -> None:
    def doomed() -> None:
        raise ValueError("no")

    with expect(ValueError):
        doomed()
    assert "of doomed(): raise" in capsys.readouterr().out


def test_any_other_error_passes_through() -> None:
    with pytest.raises(KeyError), expect(ValueError):
        {}["x"]


def test_no_error_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    with expect(ValueError, TimeoutError):
        pass
    assert capsys.readouterr().out == "No ValueError or TimeoutError this time.\n"


def test_an_expected_warning_is_printed_and_others_are_shown_as_usual(capsys: pytest.CaptureFixture[str]) -> None:
    async def forgotten() -> None: ...

    with pytest.warns(UserWarning, match="another"), expect(RuntimeWarning):
        forgotten()
        warnings.warn("another", UserWarning, stacklevel=1)
    printed = capsys.readouterr().out
    assert "never awaited" in printed
    assert "another" not in printed


@pytest.mark.parametrize("kind", ["ValueError", 5, int])
def test_only_exception_classes_are_taken(kind: Any) -> None:
    with pytest.raises(TypeError, match="takes exception classes"), expect(kind):
        pass


def test_a_warning_that_comes_again_and_again_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    with expect(RuntimeWarning):
        for _ in range(3000):
            warnings.warn("mind the gap", RuntimeWarning, stacklevel=1)
    assert capsys.readouterr().out == "RuntimeWarning: mind the gap (3,000 times)\n"


def test_a_syntax_error_is_printed_with_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with expect(SyntaxError):
        compile("await nothing()", "cell", "exec")
    assert capsys.readouterr().out.startswith("SyntaxError: 'await' outside function\n")
