"""How many processors this process may use: of the machine's, and of each only a share where a quota says so."""

import os
import sys
from collections.abc import Iterator
from math import isfinite
from pathlib import Path


def available(root: Path = Path("/")) -> str:
    """Such as ``"2 processors"``, or ``"0.5 of 2 processors"`` under a quota.

    Quotas are those of Linux's control groups, as containers have them, and ``CPU_LIMIT``, by which JupyterHub's
    spawners say what they allow. ``root`` is where the system's files are.
    """
    count = os.cpu_count() or 1
    if sys.platform == "linux":
        count = len(os.sched_getaffinity(0))
    processors = f"{count} processor{'' if count == 1 else 's'}"
    allowed = min([*_of_groups(root), *_of_hub()], default=float(count))
    return processors if allowed >= count else f"{allowed:.2g} of {processors}"


def _of_hub() -> Iterator[float]:
    try:
        limit = float(os.environ.get("CPU_LIMIT") or 0)
    except ValueError:  # not JupyterHub's
        return
    if limit > 0 and isfinite(limit):
        yield limit


def _of_groups(root: Path) -> Iterator[float]:
    """The quotas of this process's control group and of all above it, in processors.

    See https://docs.kernel.org/admin-guide/cgroup-v2.html (``cpu.max``) and
    https://docs.kernel.org/scheduler/sched-bwc.html (``cpu.cfs_quota_us``, of the older version).
    """
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / controllers
        # In a container the path may be one that only the machine outside knows: then its own group is at the top.
        for group in (top, *(top / part for part in _with_parents(path))):
            words = _text(group / "cpu.max").split() or [
                _text(group / "cpu.cfs_quota_us").strip(), _text(group / "cpu.cfs_period_us").strip()
            ]  # fmt: skip
            if len(words) == 2 and all(word.isdigit() and int(word) for word in words):  # others say "max", or -1
                yield int(words[0]) / int(words[1])


def _with_parents(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part not in ("", "..")]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
