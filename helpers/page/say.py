"""Print a text in the learner's program, whatever its output can show."""

import sys


def say(text: str) -> None:
    r"""Print a text. A character that the output's encoding does not have is shown as in a traceback, such as \u2615.

    On Windows a script's output into a pipe or a file is in the code page. There `print` would raise UnicodeEncodeError
    for a letter in an error's message, a label or a path, and so end a program that itself prints none.
    """
    try:
        print(text)
    except UnicodeEncodeError:  # nothing of it has been written yet
        encoding = getattr(sys.stdout, "encoding", None) or "ascii"
        print(text.encode(encoding, "backslashreplace").decode(encoding))
