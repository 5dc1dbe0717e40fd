"""Run code that must fail, and show the failure without stopping the notebook."""

import os
import sysconfig
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from helpers.page.paths import Places
from helpers.page.say import say

_HELPERS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OTHERS = Places(_HELPERS, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")))


@contextmanager
def expect(*kinds: type[BaseException]) -> Iterator[None]:
    """Expect an error, or a warning, of one of these kinds in the block; print it as Python would, and where from.

    The lesson is that it happens, so nothing is hidden: the message is printed word for word. When the block ends
    without it, the output says so. Any other error passes through.

    Raises TypeError where a kind is not an exception class.
    """
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise TypeError(f"expect(...) takes exception classes such as TimeoutError, not {kind!r}")
    warning_kinds = tuple(kind for kind in kinds if issubclass(kind, Warning))
    with _listening_for(warning_kinds) as heard:
        try:
            yield
        except kinds as error:
            say(_message(error))
            if isinstance(error, BaseExceptionGroup):
                for inside in error.exceptions:
                    say(f"    with {_message(inside)}")
            say(f"    {_where(error)}")
            return
    if not heard:
        say(f"No {' or '.join(kind.__name__ for kind in kinds)} this time.")


@contextmanager
def _listening_for(kinds: tuple[type[Warning], ...]) -> Iterator[list[warnings.WarningMessage]]:
    """Collect and print warnings of these kinds; all others are shown as usual."""
    if not kinds:
        yield []
        return
    heard: list[warnings.WarningMessage] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield heard
        finally:
            heard += [warning for warning in caught if issubclass(warning.category, kinds)]
    for said, often in Counter(f"{warning.category.__name__}: {warning.message}" for warning in heard).items():
        say(said if often == 1 else f"{said} ({often:,} times)")
    for warning in caught:
        if warning not in heard:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):  # of which Python shows file and line first
        return f"{type(error).__name__}: {error.msg}"
    return "".join(traceback.format_exception_only(error)).splitlines()[0]


def _where(error: BaseException) -> str:
    """The last line of the learner's own code on the way to the error."""
    # The first frame is the `yield` above.
    frames = traceback.extract_tb(error.__traceback__)[1:]
    own = [frame for frame in frames if not _OTHERS.hold(frame.filename)]
    frame = (own or frames)[-1]
    function = "" if frame.name.startswith("<") else f" of {frame.name}()"
    return f"raised by line {frame.lineno}{function}: {frame.line}"
