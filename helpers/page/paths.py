r"""Whether a file lies in a folder, however its name is spelled (but for a link to it that is not told here).

One file has many names. On Windows, and on macOS unless somebody has chosen otherwise, capitals do not matter; a
terminal, VS Code and JupyterLab write the same drive as C: and as c:. Windows has short names too (RUNNER~1), takes
either bar, and `\\?\` before a name. On macOS /var is /private/var, and é one character or two. Everywhere a folder may
be reached by a link.
"""

import os
import sys
import unicodedata


class Places:
    """Files and folders, each by the name that is given here and by the one that it has without links.

    To ask touches no disk, but for a short name of Windows'; a relative name asks for the working folder. It takes a
    microsecond or two: who asks about the same file again and again keeps the answer.
    """

    def __init__(self, *paths: str) -> None:
        self._names = frozenset(spelled(name) for path in paths for name in (path, os.path.realpath(path)))
        self._below = tuple(name.rstrip(os.sep) + os.sep for name in self._names)

    def hold(self, filename: str) -> bool:
        """Whether a file, by the name that code has of it (`co_filename`), is one of these or lies in one."""
        if filename.startswith("<"):  # "<string>" is no file
            return False
        name = spelled(filename)
        return name in self._names or name.startswith(self._below)


def spelled(path: str) -> str:
    """The path in the one spelling by which paths are compared here; it is not for opening files."""
    try:
        path = os.path.abspath(path)
        if sys.platform == "win32" and "~" in path:
            path = os.path.realpath(path)
    except (OSError, ValueError):  # the working folder has been removed; a name that no file can have
        pass
    if sys.platform == "win32":
        path = os.path.normcase(path)
        return "\\\\" + path[8:] if path.startswith("\\\\?\\unc\\") else path.removeprefix("\\\\?\\")
    if sys.platform == "darwin":
        return unicodedata.normalize("NFC", path).casefold().removeprefix("/private")
    return path
