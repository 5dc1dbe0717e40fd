"""Run a Python of its own to its end, and take what it tells."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any


def told_by(name: str, arguments: Sequence[str], within: float) -> Any:
    """Run Python with these arguments, and return what it prints, which is JSON.

    Args:
        name: what to call the process in messages.
        arguments: a script's path and what it is given.
        within: seconds that it has.

    Raises:
        RuntimeError: it failed; the message says how.
        subprocess.TimeoutExpired: it is not done in time. It is ended then, as it is when the waiting is interrupted.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        # Both ends of the pipe have to agree. On Windows each would take the code page, which has not all letters.
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=within,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} failed: {done.stderr.strip() or done.returncode}")
    return json.loads(done.stdout)
