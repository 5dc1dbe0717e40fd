"""Where the history is kept."""

import os
from pathlib import Path

VARIABLE = "WAITING_MEASURED_HISTORY"
COURSE = Path(__file__).resolve().parents[2]


def place() -> Path:
    """Return the path of the history: data/history.sqlite, or what the variable WAITING_MEASURED_HISTORY names.

    A relative path there counts from the course's folder, so that all kernels mean one file wherever they work.
    """
    named = os.environ.get(VARIABLE, "")
    return COURSE / (Path(named).expanduser() if named else Path("data", "history.sqlite"))
