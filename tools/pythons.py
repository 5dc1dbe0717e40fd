"""Print which Pythons of this machine CI runs the tests on, a line each: "3.11 python3".

The first is for all tests: `python3`, or the oldest where that is none of the versions that the course is for. The
others, at most two, are the oldest and the newest there are: what breaks between them breaks at an end. Any Python 3.7
can read this file, since the one that runs it may be none of those.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

VERSIONS = [f"3.{minor}" for minor in range(11, 15)]

# Whether it is a released one of the usual kind that can hold the course: a distribution may leave venv out of it, and
# one that was built by hand may lack what the machine had no headers for.
PROBE = """
import ctypes, ensurepip, sqlite3, ssl, sys, venv
if sys.implementation.name == "cpython" and sys.version_info.releaselevel == "final" and "t" not in sys.abiflags:
    print("%d.%d" % sys.version_info[:2])
"""


def candidates() -> Iterator[str]:
    """Every command that may start a Python: those on the PATH, then those that pyenv has installed."""
    yield "python3"
    yield from (f"python{version}" for version in VERSIONS)
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(root.glob("versions/*/bin/python")))


def version_of(python: str) -> str:
    """Return its version, such as 3.12; nothing where there is no such Python, or where it will not do."""
    try:
        return subprocess.run([python, "-c", PROBE], capture_output=True, encoding="utf-8").stdout.strip()
    except OSError:
        return ""


def chosen() -> dict[str, str]:
    """Return the command for each version that the tests are run on, the one for all tests first."""
    found: dict[str, str] = {}
    for python in candidates():
        version = version_of(python)
        if version in VERSIONS:
            found.setdefault(version, python)
    in_order = [version for version in VERSIONS if version in found]
    ends = [in_order[0], in_order[-1]] if in_order else []
    first = [version for version, python in found.items() if python == "python3"]
    return {version: found[version] for version in first + ends}


if __name__ == "__main__":
    # With none of them, make.py says what is missing.
    print("\n".join(f"{version} {python}" for version, python in (chosen() or {"": "python3"}).items()))
