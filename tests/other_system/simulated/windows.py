"""The helpers take this system for Windows, and find there what they ask of it."""

import ctypes
import os
import socket
import sys
from types import SimpleNamespace

from simulated import source, timers

ASKED = os.environ.get("SIMULATED_ASKED", os.devnull)
"""A file to which each process that asks for fine timers adds a line: its number, and what was asked."""
FLAGS = '{"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}'


def _time_begin_period(milliseconds: int) -> int:
    timers.are_coarse.clear()
    with open(ASKED, "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {milliseconds}\n")
    return 0


def _listen(descriptor: int, backlog: int) -> int:
    """As `SOMAXCONN_HINT`: a negative number of at least 200."""
    assert backlog <= -200
    with socket.socket(fileno=os.dup(int(descriptor))) as listener:
        listener.listen(-backlog)
    return 0


LIBRARIES = {
    "winmm": SimpleNamespace(timeBeginPeriod=_time_begin_period),
    "ws2_32": SimpleNamespace(listen=_listen),
}
ctypes.WinDLL = lambda name, **_: LIBRARIES[name]  # type: ignore[attr-defined]
sys.modules["uvloop"] = None  # type: ignore[assignment]  # it has no wheel for Windows
source.replace(
    {
        # PostgreSQL refuses to run as root, which Windows does not have.
        'sys.platform != "win32" and os.geteuid() == 0': "os.geteuid() == 0",
        'sys.platform == "win32":\n            return  # there is no root': "False:\n            return  #",
        'sys.platform != "win32" and self._run_as': "self._run_as",
        "sys.platform": '"win32"',
        "/proc/self": "/none",
        # Here a session of its own is what keeps a signal of the terminal's from a child.
        FLAGS: '{"start_new_session": True}',
    }
)
