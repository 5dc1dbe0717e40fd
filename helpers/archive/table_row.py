"""A stored run as one row of a table that other programs read, and back, with every value checked."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpers.archive.stored_run import Conditions, StoredRun

FIELDS = (
    "number", "label", "when", "wall", "cpu", "predict", "outcome", "warm_up", "chapter", "who", "python", "machine",
    "libraries", "seeds", "configuration", "parts", "session", "series", "server",
)  # fmt: skip


def row_of(run: StoredRun) -> dict[str, object]:
    """Return the run as plain values and texts; what has parts of its own is written as JSON."""
    conditions = run.conditions
    values = (
        run.number, run.label, run.when.isoformat(), run.wall, run.cpu, run.predict, run.outcome, run.warm_up,
        run.chapter, run.who, conditions.python, conditions.machine, json.dumps(dict(conditions.libraries)),
        json.dumps(list(conditions.seeds)), run.configuration, json.dumps(dict(run.parts)), run.session, run.series,
        "" if run.server is None else json.dumps(dict(run.server)),
    )  # fmt: skip
    return dict(zip(FIELDS, values, strict=True))


def run_of(row: Mapping[str, object]) -> StoredRun:
    """Return the run that a row tells of, without a number. Raises ValueError that names the value which cannot be."""
    server = _text(row, "server")
    return StoredRun(
        number=0,
        label=_some_text(row, "label"),
        when=_time(row, "when"),
        wall=_seconds(row, "wall"),
        cpu=_seconds(row, "cpu"),
        predict=_seconds(row, "predict") if _text(row, "predict") else None,
        outcome=_outcome(row),
        warm_up=_truth(row, "warm_up"),
        configuration=_some_text(row, "configuration"),
        parts=_texts(row, "parts"),
        conditions=Conditions(
            _some_text(row, "python"), _some_text(row, "machine"), _texts(row, "libraries"), _seeds(row)
        ),
        session=_text(row, "session"),
        series=_text(row, "series"),
        chapter=_text(row, "chapter"),
        who=_text(row, "who"),
        server=_json(row, "server", dict) if server else None,
    )


def _text(row: Mapping[str, object], name: str) -> str:
    value = row[name]
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if missing else str(value)


def _some_text(row: Mapping[str, object], name: str) -> str:
    text = _text(row, name)
    if not text.strip():
        raise ValueError(f"{name} is empty")
    return text


def _seconds(row: Mapping[str, object], name: str) -> float:
    text = _text(row, name)
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{name} is {text!r}, not a number of seconds such as 0.25")
    return seconds


def _time(row: Mapping[str, object], name: str) -> datetime:
    text = _text(row, name)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise ValueError(f"{name} is {text!r}, not a time with its offset such as 2026-11-23T14:05:00+01:00")
    return time


def _truth(row: Mapping[str, object], name: str) -> bool:
    text = _text(row, name).lower()  # a spreadsheet makes TRUE of True
    if text not in ("true", "false"):
        raise ValueError(f"{name} is {text!r}, not True or False")
    return text == "true"


def _outcome(row: Mapping[str, object]) -> str:
    text = _text(row, "outcome")
    if text not in ("ok", "interrupted") and not text.startswith("error: "):
        raise ValueError(f"outcome is {text!r}, not 'ok', 'interrupted' or 'error: NameOfTheError'")
    return text


def _json(row: Mapping[str, object], name: str, kind: type) -> Any:
    text = _text(row, name)
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, kind):
        raise ValueError(f"{name} is {text[:40]!r}, not a JSON {'object' if kind is dict else 'list'}")
    return value


def _texts(row: Mapping[str, object], name: str) -> dict[str, str]:
    value = _json(row, name, dict)
    if not all(isinstance(text, str) for text in value.values()):
        raise ValueError(f"{name} is {_text(row, name)[:40]!r}, not a JSON object of texts")
    return dict(value)


def _seeds(row: Mapping[str, object]) -> tuple[int, ...]:
    value = _json(row, "seeds", list)
    if not all(type(seed) is int for seed in value):
        raise ValueError(f"seeds is {_text(row, 'seeds')[:40]!r}, not a JSON list of whole numbers")
    return tuple(value)
