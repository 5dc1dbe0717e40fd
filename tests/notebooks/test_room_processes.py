"""The servers that chapter 10 starts from a cell end with the kernel, even one that is killed."""

import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from cells import NOTEBOOKS, code_cells
from child_processes import is_alive, kill

GONE_WITHIN = 20.0  # seconds

KERNEL = """
import subprocess, sys
pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
room = subprocess.Popen([sys.executable, "serve_room.py"], **pipes)
room.stdout.readline()
print(room.pid, flush=True)
input()
"""


def test_a_room_ends_with_a_kernel_that_is_killed(tmp_path: Path) -> None:
    for cell in code_cells(NOTEBOOKS / "10_realtime.ipynb"):
        if cell.id in ("write-room", "write-serve-room"):
            head, _, body = cell.source.partition("\n")
            (tmp_path / head.split()[1]).write_text(body, encoding="utf-8")
    command = [sys.executable, "-c", KERNEL]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as kernel:
        assert kernel.stdout is not None
        room = psutil.Process(int(kernel.stdout.readline()))
        try:
            assert is_alive(room)
            kernel.kill()
            kernel.wait()
            until = time.monotonic() + GONE_WITHIN
            while is_alive(room) and time.monotonic() < until:
                time.sleep(0.02)
            assert not is_alive(room)
        finally:
            kill(room)
