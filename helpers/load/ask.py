"""The function that makes the calls of a load, and the most that a load may be asked for."""

from collections.abc import Awaitable, Callable
from typing import Any

Ask = Callable[[int], Awaitable[Any]]

LONGEST, FASTEST, MOST = 60.0, 20_000.0, 10_000
"""Seconds, calls a second, callers."""
