"""Which processes a process has started, and whether they still run."""

from contextlib import suppress

import psutil  # type: ignore[import-untyped]


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs. A zombie does not: it only waits for a parent that asks how it ended."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def children(pid: int) -> dict[psutil.Process, str]:
    """Return the living children of the process `pid`, and theirs, each with its command line."""
    found: dict[psutil.Process, str] = {}
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it has ended since
                if is_alive(child):
                    found[child] = " ".join(child.cmdline())
    return found


def kill(process: psutil.Process) -> None:
    """End a process at once, if it has not ended by itself."""
    with suppress(psutil.NoSuchProcess):
        process.kill()
