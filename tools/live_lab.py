"""Start a real JupyterLab that touches nothing of the user's, and end it with all its kernels and servers."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from child_processes import children, is_alive, kill

READY_SECONDS = 60.0
STOP_SECONDS = 60.0  # after which it will never end: with six tests beside it, 20 were once too few
DEFAULTS = Path(__file__).parent / "jupyterlab_defaults.json"


class LiveLab:
    """A JupyterLab server over the folder `root`, with every file of its own under the empty folder `scratch`.

    It has a token, listens on 127.0.0.1 on a free port, and shows what `make lab` shows: the course's defaults, in the
    light theme or, with `dark`, the dark one. All cells are in the page at once (no windowing), so that they can be
    looked at. Use it as a context manager. Raises RuntimeError with the end of its log when it does not start.
    """

    def __init__(self, root: Path, scratch: Path, *, dark: bool = False) -> None:
        self.root = root
        self.left_over: list[str] = []  # after the end: processes that it had started and that were still there
        self._log = scratch / "jupyterlab.log"
        _write_settings(scratch / "settings", dark)
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
        command += [f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--allow-root")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=root, env=_environment(scratch), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self.url, self.token = self._wait_until_ready(scratch / "runtime")
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def address(self, notebook: str) -> str:
        """Return where a browser finds `notebook`, a path from the root, with no tabs open from before."""
        return f"{self.url}lab/tree/{notebook}?reset&token={self.token}"

    def stop(self) -> None:
        """Shut the server down as its File menu does; kill what is still there after that, and note it in `left_over`.

        May be called again.
        """
        if self._process.poll() is not None:
            return
        commands = children(self._process.pid)
        try:
            self._ask_to_shut_down()
        except (AttributeError, OSError):  # it has not come so far as to have an address, or no longer answers
            self._process.terminate()
        until = time.monotonic() + STOP_SECONDS
        while (self._process.poll() is None or any(map(is_alive, commands))) and time.monotonic() < until:
            time.sleep(0.05)
        if self._process.poll() is None:
            self.left_over.append("JupyterLab itself")
            self._process.kill()
            self._process.wait()
        for process in filter(is_alive, commands):
            self.left_over.append(commands[process])
            kill(process)

    def _wait_until_ready(self, runtime: Path) -> tuple[str, str]:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            for path in runtime.glob("jpserver-*.json"):
                with suppress(ValueError):  # it is being written
                    facts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
                    return facts["url"], facts["token"]
            time.sleep(0.05)
        raise RuntimeError(f"JupyterLab did not start. The end of its log:\n{self._log_tail()}")

    def _log_tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def _ask_to_shut_down(self) -> None:
        request = urllib.request.Request(f"{self.url}api/shutdown", method="POST")
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=STOP_SECONDS) as answer:
            answer.read()


def _write_settings(folder: Path, dark: bool) -> None:
    settings: dict[str, dict[str, object]] = json.loads(DEFAULTS.read_text(encoding="utf-8"))
    settings["@jupyterlab/notebook-extension:tracker"]["windowingMode"] = "none"
    settings["@jupyterlab/apputils-extension:themes"] = {"theme": "JupyterLab Dark" if dark else "JupyterLab Light"}
    for plugin, values in settings.items():
        path = folder / (plugin.replace(":", "/") + ".jupyterlab-settings")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def _environment(scratch: Path) -> dict[str, str]:
    """Return an environment in which JupyterLab and its kernels find no settings of the user's, and no history.

    pytest's variables go too: a kernel that sees them leaves writes to file descriptor 2 alone.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    paths = {name: str(scratch / folder) for name, folder in folders.items()}
    return ours | paths | {"WAITING_MEASURED_HISTORY": str(scratch / "history.sqlite")}
