"""The helpers take this system for Windows. Nobody else does: libraries know where they are."""

import ctypes
import importlib.machinery
import os
import socket
import sys
from importlib.abc import MetaPathFinder
from types import CodeType, SimpleNamespace

FINE = os.environ.get("SIMULATED_ASKED", os.devnull)
"""A file to which each process that asks for fine timers adds a line: its number, and what was asked."""

FLAGS = '{"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}'
IN_THE_SOURCE = {
    # PostgreSQL refuses to run as root, which Windows does not have.
    'sys.platform != "win32" and os.geteuid() == 0': "os.geteuid() == 0",
    "sys.platform": '"win32"',
    "os.name": '"nt"',
    "/proc/self": "/none",
    # Here a session of its own is what keeps a signal of the terminal's from a child.
    FLAGS: '{"start_new_session": True}',
}
"""What the helpers ask, and what they are told."""

LEFT_ALONE = ("helpers.servers.own_folder",)
"""It counts on files that cannot be removed while they are open."""


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:  # by which `python -m` runs a module too
        source = self.get_data(self.path).decode()
        for asked, answer in IN_THE_SOURCE.items():
            source = source.replace(asked, answer)
        return compile(source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if not (name == "helpers" or name.startswith("helpers.")) or name in LEFT_ALONE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None:  # an editable installation has a finder of its own
            others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
            spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(name, str(spec.origin))
        return spec


def _time_begin_period(milliseconds: int) -> int:
    with open(FINE, "a", encoding="utf-8") as file:
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
sys.meta_path.insert(0, _Finder())  # type: ignore[arg-type]
