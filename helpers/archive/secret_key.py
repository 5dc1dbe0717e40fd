"""The key under which secrets are marked in the history: see `helpers.code.masking`."""

import os
from pathlib import Path
from secrets import token_bytes

from helpers.archive.location import place

LENGTH = 32
_own = token_bytes(LENGTH)


def secret_key() -> bytes:
    """Return the key of this history: random bytes in a file beside it, which nothing exports.

    Where that cannot be read or written it is this kernel's own, and marks of other kernels cannot be compared.
    """
    path = f"{place()}-key"
    try:
        return _read(path) or _made(path)
    except OSError:
        return _own


def _read(path: str) -> bytes:
    """The key in the file; empty where there is no file, or another kernel is about to write it."""
    try:
        found = Path(path).read_bytes()
    except FileNotFoundError:
        return b""
    return found if len(found) == LENGTH else b""


def _made(path: str) -> bytes:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # Only its owner may read it. Raises FileExistsError where another kernel was quicker.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_own)
    return _own
