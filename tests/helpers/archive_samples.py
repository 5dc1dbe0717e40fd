"""Runs as the tests of the history make them."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from helpers.archive import Conditions, StoredRun

HERE = Conditions("3.11.7", "Linux x86_64, 2 processors, a1b2c3", {"aiohttp": "3.14.5"}, (0,))
SAMPLE = StoredRun(
    number=0,
    label="one by one",
    when=datetime(2026, 11, 23, 14, 5, 0, 123456, tzinfo=UTC),
    wall=0.1 + 0.2,
    cpu=1 / 3,
    predict=0.5,
    outcome="ok",
    warm_up=False,
    configuration="f00",
    parts={"cell": "for code in codes:\n    fetch(code)", "limit": "10"},
    conditions=HERE,
    session="kernel",
    series="",
    chapter="01_blocking_calls",
    who="",
    server={"peak": 3, "by_status": {"200": 3}},
)
REQUESTS: dict[str, list[Any]] = {
    "start": [0.1, 0.2],
    "latency": [0.25, 1 / 3],
    "status": [200, None],
    "path": ["/countries/FR", "/countries/JP?name=é"],
    "ok": [True, False],
}


def sample(count: int = 0, **changes: Any) -> StoredRun:
    """A run, the `count`th of a series of runs a second apart, with some of its values changed."""
    return replace(SAMPLE, **{"when": SAMPLE.when + timedelta(seconds=count), **changes})


def python(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start another Python that runs `code`, as another kernel would, with this file's names at hand."""
    head = "import sys\nfrom helpers import archive\nfrom archive_samples import REQUESTS, sample\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def printed(process: "subprocess.Popen[str]") -> str:
    """Wait for it to end, and return what it has printed. Fails when it failed."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output
