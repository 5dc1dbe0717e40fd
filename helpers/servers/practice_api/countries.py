"""The countries that the practice API answers with: read once, encoded once, found by code."""

from __future__ import annotations

import difflib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[3] / "data" / "countries.json"

Country = dict[str, Any]

FIELDS = (
    "code",
    "code3",
    "name",
    "official_name",
    "capital",
    "population",
    "area",
    "currency",
    "languages",
    "region",
    "subregion",
    "un_member",
)


class Countries:
    """All countries of a file such as data/countries.json.

    Args:
        path: the file, a JSON list of countries.
    """

    def __init__(self, path: Path = DATA) -> None:
        self.rows: list[Country] = json.loads(path.read_text(encoding="utf-8"))
        self._by_code = {row[key]: row for row in self.rows for key in ("code", "code3")}
        # Encoding costs more than everything else that answers a request, so it is done here, once.
        self._encoded = {code: encode(row) for code, row in self._by_code.items()}

    def encoded(self, code: str) -> bytes | None:
        """A country as JSON by its two- or three-letter code, in any case; None where there is none."""
        return self._encoded.get(code.upper())

    @lru_cache(maxsize=64)  # noqa: B019 - there is one Countries for the life of the server
    def encoded_list(self, fields: tuple[str, ...] | None = None) -> bytes:
        """All countries as JSON, in order of their codes, with some of the FIELDS or with all."""
        return encode([{field: row[field] for field in fields or FIELDS} for row in self.rows])

    @lru_cache(maxsize=1024)  # noqa: B019 - it takes milliseconds, in which the server does nothing else
    def near(self, given: str) -> list[dict[str, str]]:
        """Up to three countries whose code or name looks like what was given, nearest first."""
        wanted = given.casefold()
        spellings = {code.casefold(): row for code, row in self._by_code.items()}
        spellings |= {row[key].casefold(): row for row in self.rows for key in ("official_name", "name")}
        starts = [text for text in spellings if len(wanted) > 3 and text.startswith(wanted)]
        found = difflib.get_close_matches(wanted, spellings, n=6, cutoff=0.6)
        codes = list(dict.fromkeys(spellings[text]["code"] for text in [*starts, *found]))[:3]
        return [{"code": code, "name": self._by_code[code]["name"]} for code in codes]


def encode(value: Any) -> bytes:
    """A value as compact JSON in UTF-8. Half of a surrogate pair, which UTF-8 cannot spell, is written as JSON can."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
