"""The scratch kernel's own process: an ordinary ipykernel that ends with the process that started it.

    python -m helpers.scratch_kernel.child FOLDER

FOLDER is an empty folder but for kernel.json, the connection file.
"""

import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

from helpers.servers.process import exit_with_parent, say_ready


def main(folder: Path) -> None:
    """Run the kernel until the process that started this one ends."""
    exit_with_parent()
    # Set in a learner's kernel by Jupyter, whose child this process is not.
    os.environ.pop("JPY_PARENT_PID", None)
    os.environ.pop("JPY_INTERRUPT_EVENT", None)
    os.environ["IPYTHONDIR"] = str(folder)  # none of the learner's own settings and start-up files
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # or the debugger may warn on standard error
    os.chdir(folder)

    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    log = os.fdopen(os.dup(1), "w", encoding="utf-8")  # the kernel takes standard output for its cells
    app.initialize(["-f", str(folder / "kernel.json")])  # type: ignore[no-untyped-call]
    with redirect_stdout(log):
        say_ready()
    app.start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
