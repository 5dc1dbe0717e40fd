"""A run's requests as one compressed piece of bytes, and back.

pandas takes seconds to import, so the columns are packed without it: columns of floats as their eight bytes each, any
other as JSON, one after the other, compressed. Nothing in it can run code when it is read, as a pickle could.
"""

import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from json import dumps, loads
from typing import Any

FASTEST = 1  # zlib's level: better ones take five times as long and save a tenth
FLOATS, JSON = "floats", "json"


def pack(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """Return the columns as bytes. Raises ValueError when they are not of one length."""
    if len({len(column) for column in columns.values()}) > 1:
        lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise ValueError(f"the columns of a run's requests must all be of one length, not: {lengths}")
    head, pieces = [], []
    for name, column in columns.items():
        values = list(column)
        floats = all(type(value) is float for value in values)
        piece = _bytes_of(values) if floats else dumps(values, default=_plain).encode()
        head.append([name, FLOATS if floats else JSON, len(piece)])
        pieces.append(piece)
    return zlib.compress(b"\n".join([dumps(head).encode(), b"".join(pieces)]), FASTEST)


def unpack(packed: bytes) -> dict[str, list[Any]]:
    """Return what `pack` was given, each column as a list. Raises ValueError for bytes that are not from `pack`."""
    try:
        head, _, rest = zlib.decompress(packed).partition(b"\n")
        columns: dict[str, list[Any]] = {}
        for name, kind, length in loads(head):
            piece, rest = rest[:length], rest[length:]
            columns[name] = _floats_of(piece) if kind == FLOATS else loads(piece)
    except (zlib.error, ValueError, TypeError) as error:
        raise ValueError(f"the requests of this run cannot be read: {error}") from None
    return columns


def _bytes_of(values: list[float]) -> bytes:
    numbers = array("d", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _floats_of(piece: bytes) -> list[float]:
    numbers = array("d", piece)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def _plain(value: Any) -> object:
    """What JSON does not know: numbers of numpy become plain ones, pandas' missing value becomes None."""
    if hasattr(value, "item"):
        return value.item()
    return None if type(value).__name__ in ("NAType", "NaTType") else str(value)
