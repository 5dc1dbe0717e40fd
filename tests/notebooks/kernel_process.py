"""Start a kernel's process, with none of the user's own settings, and learn on which ports it listens."""

import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.launcher import launch_kernel

START_SECONDS = 60.0  # a cold start on a busy machine takes several
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


def start_kernel(folder: Path, scratch: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """Start a kernel that works in `folder` and keeps its files in `scratch`; return it and its connection file.

    Its standard error goes to the file stderr.txt in `scratch`. Raises RuntimeError when it ends at once, or has
    not said after a minute on which ports it listens.
    """
    connection_file, stderr_file = scratch / "kernel.json", scratch / "stderr.txt"
    connection_file.write_text(json.dumps(_connection()), encoding="utf-8")
    command = [part.format(connection_file=connection_file) for part in get_kernel_dict()["argv"]]
    with stderr_file.open("wb") as stderr:
        process: subprocess.Popen[bytes] = launch_kernel(
            [sys.executable, *command[1:]],
            stdout=subprocess.DEVNULL,
            stderr=stderr,  # type: ignore[arg-type]
            cwd=str(folder),
            env=_environment(scratch),
        )
    until = time.monotonic() + START_SECONDS
    while not _has_ports(connection_file):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            process.wait()
            errors = stderr_file.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the kernel did not start: {errors}")
        time.sleep(0.02)
    return process, connection_file


def _connection() -> dict[str, object]:
    """What JupyterLab puts into a connection file, but for the ports.

    Port 0 has the kernel take free ports and write them into the file. Ports chosen here could be taken by another
    process before the kernel binds them.
    """
    public, secret = zmq.curve_keypair()  # without encryption the kernel warns on stderr
    keys = {"key": uuid.uuid4().hex, "curve_publickey": public.decode(), "curve_secretkey": secret.decode()}
    where: dict[str, object] = {"transport": "tcp", "ip": "127.0.0.1", "signature_scheme": "hmac-sha256"}
    return where | keys | dict.fromkeys(PORTS, 0)


def _has_ports(connection_file: Path) -> bool:
    try:
        connection = json.loads(connection_file.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return False  # the kernel is writing it, for which it removes the file first
    return all(connection[port] for port in PORTS)


def _environment(scratch: Path) -> dict[str, str]:
    """An environment without the user's own IPython and Jupyter settings.

    pytest's variables go too: ipykernel looks at them, and then leaves writes to file descriptor 2 alone.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # ipykernel's debugger may tell on stderr that frozen modules hide breakpoints: no doing of a notebook.
    ours["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    # A test's own history, which two kernels of one test share; never the learner's.
    ours.setdefault("WAITING_MEASURED_HISTORY", str(scratch / "history.sqlite"))
    folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    return ours | {name: str(scratch / name.lower()) for name in folders}
