"""On Windows a process asks for timers of a millisecond, and nothing is asked elsewhere."""

import ctypes
from types import SimpleNamespace

import pytest

from helpers import measure
from helpers.servers import fine_timers


@pytest.mark.parametrize(("system", "asked"), [("win32", [1]), ("linux", []), ("darwin", [])])
def test_windows_is_asked(system: str, asked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    periods: list[int] = []
    libraries = {"winmm": SimpleNamespace(timeBeginPeriod=periods.append)}
    monkeypatch.setattr(ctypes, "WinDLL", libraries.__getitem__, raising=False)
    monkeypatch.setattr(fine_timers, "sys", SimpleNamespace(platform=system))
    fine_timers.ask_for_fine_timers()
    assert periods == asked


def test_a_block_without_a_server_leaves_the_timers_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are part of what it measures."""
    monkeypatch.setattr(fine_timers, "sys", None)  # to ask would fail
    with measure("nothing"):
        pass
