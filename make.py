"""Set this course up and run it: `python make.py lab`, `test`, `quick`, `format` or `bench` (on Windows `py make.py`).

The first call makes `.venv` and installs what is needed; later calls find it ready. A second Python has its own beside
it, with COURSE_VENV=.venv-3.14 or the like. Only the standard library is used here, in words that Python 3.6 can read
too, so that an old Python is told clearly why it will not do.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)


def newer_python() -> str:
    """Return a command on this machine that starts a Python new enough for the course, or an empty string."""
    for minor in range(19, OLDEST[1] - 1, -1):
        for command in ["python3.{}".format(minor), "py -3.{}".format(minor)]:
            words = command.split()
            if shutil.which(words[0]):
                probe = [*words, "-c", "import sys; sys.exit(sys.version_info < {})".format(OLDEST)]
                if subprocess.call(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
                    return command
    return ""


def too_old() -> str:
    """Say why this Python will not do, and what to type instead."""
    message = "This course needs Python {}.{} or newer; this is Python {}.{} ({}).\n".format(
        *OLDEST, *sys.version_info[:2], sys.executable
    )
    newer = newer_python()
    if not newer:
        return message + "Install a newer one (python.org has them for every system), then try again."
    command = " ".join(sys.argv[1:]) or "lab"
    return message + 'A newer one is here:  {0} make.py {1}\nor with make:         make {1} PYTHON="{0}"'.format(
        newer, command
    )


if sys.version_info < OLDEST:
    sys.exit(too_old())

import hashlib
import json
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / (os.environ.get("COURSE_VENV") or ".venv")
VENV_PYTHON = str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))

# Each file includes those before it, so installing the second makes the first one true as well.
REQUIREMENTS = ["requirements.txt", "requirements-dev.txt"]
LOCK = "requirements.lock"
NO_TESTS = 5  # what pytest returns when the arguments chose none
GROUPS = ["--dist=loadgroup", "--no-loadscope-reorder"]
TOGETHER = ["--numprocesses=6", *GROUPS]  # six, since most wait
IN_PAIRS = ["--numprocesses=2", *GROUPS]  # two, since what they measure mostly waits


def in_ci() -> bool:
    """Tell whether this is CI: there the lock is followed, so that no new release breaks a build overnight."""
    return os.environ.get("CI") == "true"


def stamp(requirements: str) -> Path:
    """Return the file in `.venv` that says which state of a requirements file has been installed to its end."""
    return VENV / f"installed-{requirements}"


def fingerprint(requirements: str) -> str:
    """Return a hash of all that decides what is installed where, but for the Python version: see `is_sound`."""
    files = REQUIREMENTS[: REQUIREMENTS.index(requirements) + 1] + [LOCK] * in_ci()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        str(ROOT),  # the helpers are installed by their path: a course that has been moved is installed again
        json.dumps([project["build-system"], project["project"], project["tool"]["setuptools"]]),
        *((ROOT / file).read_text(encoding="utf-8") for file in files),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_sound() -> bool:
    """Tell whether `.venv` is whole: its Python starts, is of this version, and has pip (which comes last)."""
    probe = "import sys, pip; print(sys.prefix != sys.base_prefix, *sys.version_info[:2])"
    try:
        answer = subprocess.run([VENV_PYTHON, "-c", probe], capture_output=True, encoding="utf-8")
    except OSError:
        return False
    return answer.stdout.split() == ["True", *map(str, sys.version_info[:2])]


def make_venv() -> None:
    """Make `.venv` anew, or exit with the reason why this Python cannot."""
    if VENV.parent != ROOT or not VENV.name.startswith(".venv"):  # what is there is removed
        sys.exit(f"COURSE_VENV is the name of a folder here that begins with .venv, such as .venv-3.14, not {VENV}.")
    try:
        import ensurepip  # noqa: F401  (Debian leaves it out of its python3)
        import venv  # noqa: F401
    except ImportError as error:
        version = "{}.{}".format(*sys.version_info[:2])
        sys.exit(
            f"This Python ({sys.executable}) cannot make a virtual environment: {error}.\n"
            f"On Debian or Ubuntu:  sudo apt install python{version}-venv\n"
            "Elsewhere: install Python from python.org. Then try again."
        )
    print("Making {} with Python {}.{}.{} ...".format(VENV.name, *sys.version_info[:3]), flush=True)
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
    except OSError as error:
        sys.exit(
            f"The old {VENV.name} cannot be removed: {error}.\n"
            "Close what still runs from it (JupyterLab?), then try again."
        )
    if subprocess.call([sys.executable, "-m", "venv", str(VENV)]) != 0:
        sys.exit(f"Python could not make {VENV}; its reason is above.")


def install(requirements: str) -> None:
    """Install a requirements file into `.venv`: with uv, which is several times faster, or with pip where uv fails."""
    pip = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    uv = [VENV_PYTHON, "-m", "uv", "--quiet", "pip", "install", "--python", VENV_PYTHON]
    what = ["-r", requirements] + (["-c", LOCK] if in_ci() else [])
    if subprocess.call([*pip, "uv"]) == 0 and subprocess.call([*uv, *what]) == 0:
        return
    print("uv did not manage; pip does the same, more slowly ...", flush=True)
    if subprocess.call([*pip, *what]) != 0:
        sys.exit(f"{requirements} could not be installed; pip's reason is above. Is this machine online?")


def prepare(requirements: str) -> None:
    """Bring `.venv` to what a requirements file asks for, doing nothing where that is so already."""
    sound = is_sound()
    kept = stamp(requirements)
    if sound and kept.exists() and kept.read_text(encoding="utf-8") == fingerprint(requirements):
        return
    start = time.monotonic()
    if not sound:
        make_venv()
    for file in REQUIREMENTS:  # an installation that is interrupted leaves no stamp
        stamp(file).unlink(missing_ok=True)
    print(f"Installing {requirements} (about 20 s on a good line, the first time) ...", flush=True)
    install(requirements)
    for file in REQUIREMENTS[: REQUIREMENTS.index(requirements) + 1]:
        stamp(file).write_text(fingerprint(file), encoding="utf-8")
    print(f"Ready in {time.monotonic() - start:.0f} s.", flush=True)


def run(*command: str) -> int:
    """Run the Python of `.venv` with these arguments and return its exit status.

    Ctrl-C reaches the child as well, and is left to it: JupyterLab asks before it stops, pytest prints its summary.
    """
    child = subprocess.Popen([VENV_PYTHON, *command])
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def lab(arguments: list[str]) -> int:
    """Open the course in JupyterLab; the arguments are JupyterLab's own."""
    prepare("requirements.txt")
    return run("tools/start_lab.py", *arguments)


def prepare_tests() -> None:
    """Bring `.venv` to what the tests need."""
    prepare("requirements-dev.txt")
    # Hundreds of processes start in the tests. Where the environment forbids Python to keep what it has compiled, each
    # of them would compile pandas, Django and the rest anew.
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "pycache")


def test(arguments: list[str]) -> int:
    """Run the tests, several at a time, then those that compare times, two at a time and beside nothing else.

    The arguments are pytest's own.
    """
    prepare_tests()
    lanes = ([*TOGETHER, "-m", "not timing"], [*IN_PAIRS, "-m", "timing"])
    results = [run("-m", "pytest", *lane, *arguments) for lane in lanes]
    found = [result for result in results if result != NO_TESTS]
    return max(found, default=NO_TESTS)


def quick(arguments: list[str]) -> int:
    """Run what is worth running every few minutes, in less than one: the unit tests, which do not wait.

    The arguments are pytest's own.
    """
    prepare_tests()
    return run("-m", "pytest", *TOGETHER, "-m", "unit", *arguments)


def format_all(arguments: list[str]) -> int:
    """Put code and notebooks into the one form that the tests ask for."""
    prepare("requirements-dev.txt")
    lint = run("-m", "ruff", "check", "--fix", *arguments)
    return run("-m", "ruff", "format", *arguments) or run("tools/format_notebooks.py") or lint


def bench(arguments: list[str]) -> int:
    """Run the benchmarks named (`bench practice_api`), or all of them."""
    prepare("requirements-dev.txt")
    known = sorted(path.stem for path in Path("benchmarks").glob("[a-z]*.py"))
    unknown = set(arguments) - set(known)
    if unknown:
        sys.exit(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(known)}.")
    with tempfile.TemporaryDirectory() as folder:
        # What a benchmark measures is no part of the learner's history.
        os.environ["WAITING_MEASURED_HISTORY"] = str(Path(folder) / "history.sqlite")
        return max((run(f"benchmarks/{name}.py") for name in arguments or known), default=0)


COMMANDS = {"lab": lab, "test": test, "quick": quick, "format": format_all, "bench": bench}


def main(words: list[str]) -> int:
    """Run the command that the first word names, with the others as its arguments."""
    if not words or words[0] not in COMMANDS:
        sys.exit(f"Usage: python make.py {' | '.join(COMMANDS)}  [arguments for it]")
    os.chdir(ROOT)
    try:
        return COMMANDS[words[0]](words[1:])
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
