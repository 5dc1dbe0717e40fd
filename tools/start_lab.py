"""Start JupyterLab at the first notebook, with helpful defaults that leave the learner's own settings alone.

Run by `make lab` with the Python of `.venv`; arguments are passed on to JupyterLab.
"""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START = "notebooks/00_start_here.ipynb"
DEFAULTS = ROOT / "tools" / "jupyterlab_defaults.json"


def install_defaults(lab: Path) -> None:
    """Copy the course's defaults to where JupyterLab of this environment looks for them.

    Settings that a learner has made win over defaults. What they say: no question about news and no look for
    updates, both of which would go out to the internet; and each cell's time shown small beside it.
    """
    overrides = lab / "settings" / "overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DEFAULTS, overrides)


def own_settings(lab: Path) -> Path:
    """Return a settings folder for this course, which begins as a copy of the learner's own.

    jupyterlab-execute-time switches `recordTiming` on by writing to the settings folder, whatever the defaults say
    (read in version 3.3.0). In the learner's own folder that would change their other notebooks.
    """
    from jupyterlab.commands import get_user_settings_dir  # see `main`

    settings = lab / "user-settings"
    if not settings.exists():
        learners = Path(get_user_settings_dir())
        if learners.is_dir():
            shutil.copytree(learners, settings)
        else:
            settings.mkdir(parents=True)
    return settings


def main(arguments: list[str]) -> None:
    """Start JupyterLab, or exit with the reason why it cannot."""
    if not (ROOT / START).is_file():
        sys.exit(f"{ROOT / START} is missing: is this a whole copy of the course?")
    # Here, not at the head: it takes two seconds, and each process of the tests reads this file.
    from jupyterlab.labapp import main as jupyterlab

    # Kernels get it from here, and from them the scripts that cells start. On Windows, Python prints to a pipe in the
    # code page, which lacks letters of some countries' names; what reads the pipe, here and in helpers, reads UTF-8.
    # So it is no default: with another value that somebody has set elsewhere, cells would fail.
    os.environ["PYTHONUTF8"] = "1"
    lab = Path(sys.prefix) / "share" / "jupyter" / "lab"
    install_defaults(lab)
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--LabApp.default_url=/lab/tree/{START}",
        # The whole course, so that links from a notebook to docs/ and helpers/ open in JupyterLab.
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.user_settings_dir={own_settings(lab)}",
        # Or JupyterLab would open the tabs of some other project.
        f"--LabApp.workspaces_dir={lab / 'workspaces'}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # a container; it listens on 127.0.0.1 and asks for its token all the same
    jupyterlab([*options, *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
