"""Set this course up and run it: `python make.py lab`, `test`, `quick`, `format` or `bench` (on Windows `py make.py`).

The first call makes `.venv` and installs what is needed; later calls find it ready. A second Python has its own beside
it, with COURSE_VENV=.venv-3.14 or the like. Only the standard library is used here, in words that Python 3.6 can read
too, so that an old Python is told clearly why it will not do.
"""

import os
import shutil
import subprocess
import sys
import sysconfig

OLDEST = (3, 11)
NEWEST = (3, 14)  # that the course is made for: for a newer one, packages may be missing
FINE_CLOCK = (3, 13)  # before it, time.monotonic() moves in steps of 16 ms on Windows, and with it every event loop


def other_python(oldest: "tuple[int, int]" = OLDEST) -> str:
    """Return a command on this machine that starts a Python which will do, the newest there is, or an empty string."""
    # Or `py` might install the version that it is asked for.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYLAUNCHER_")}
    environment["PYTHON_MANAGER_AUTOMATIC_INSTALL"] = "false"
    probe = (
        "import sys, sysconfig; fits = {} <= sys.version_info[:2] <= {}; "
        "sys.exit(not fits or sys.platform == 'win32' and sysconfig.get_platform() != 'win-amd64')"
    ).format(oldest, NEWEST)
    for minor in range(NEWEST[1], oldest[1] - 1, -1):
        for command in ["python3.{}", "py -3.{}", "py -3.{}-64"]:
            words = command.format(minor).split()
            program = shutil.which(words[0])  # with its ending: pyenv's are .bat files on Windows
            if program:
                call = [program, *words[1:], "-c", probe]
                if subprocess.call(call, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
                    return " ".join(words)
    return ""


def instead(oldest: "tuple[int, int]" = OLDEST) -> str:
    """Say what to type instead, or what to install."""
    other = other_python(oldest)
    if other:
        command = " ".join(sys.argv[1:]) or "lab"
        return 'Type instead:  {0} make.py {1}\nor with make:  make {1} PYTHON="{0}"'.format(other, command)
    install = "Install Python {0} (Windows, macOS: from python.org; Linux: from your distribution), then try again."
    if sys.platform == "win32":
        install = (
            'Install Python {0} for x64 ("Windows installer (64-bit)" on python.org), or with its install manager:\n'
            "    py install {0}-64\nThen try again."
        )
    return install.format("{}.{}".format(*NEWEST))


def unfit() -> str:
    """Say why this Python will not do, and what to type instead; an empty string where it will."""
    if sys.version_info < OLDEST:
        reason = "This course needs Python {}.{} or newer; this is Python {}.{} ({}).\n".format(
            *OLDEST, *sys.version_info[:2], sys.executable
        )
    # Not platform.machine(): from 3.12 on it tells what the processor is, whatever Python was built for.
    # tools/wheels.py lists what is missing for ARM.
    elif sys.platform == "win32" and sysconfig.get_platform() != "win-amd64":
        built_for = {"win-arm64": "ARM", "win32": "32 bits"}.get(sysconfig.get_platform(), sysconfig.get_platform())
        reason = (
            "On Windows this course needs the Python of python.org for x64 (64 bits), which Windows 11 runs on ARM\n"
            "too; this one is built for {} ({}).\nSome packages, PostgreSQL among them, are built for no other.\n"
        ).format(built_for, sys.executable)
    else:
        return ""
    return reason + instead()


REASON = unfit()
if REASON:
    sys.exit(REASON)

import hashlib
import json
import tempfile
import time
import tomllib
from pathlib import Path, PureWindowsPath

ROOT = Path(__file__).resolve().parent
VENV = ROOT / (os.environ.get("COURSE_VENV") or ".venv")
VENV_PYTHON = str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))

# Each file includes those before it, so installing the second makes the first one true as well.
REQUIREMENTS = ["requirements.txt", "requirements-dev.txt"]
LOCK = "requirements.lock"
NO_TESTS = 5  # what pytest returns when the arguments chose none
GROUPS = ["--dist=loadgroup", "--no-loadscope-reorder"]
TOGETHER = ["--numprocesses=4", *GROUPS]  # four on two cores: half of the time they wait
IN_PAIRS = ["--numprocesses=2", *GROUPS]  # two, since what they measure mostly waits

# How long paths may be on Windows, and how long they may get below `.venv`. In the wheels for Windows of all that
# requirements.lock names, the longest has 155 characters (a file of JupyterLab); the rest is for versions to come.
LONGEST_PATH = 259
LONGEST_BELOW = 170


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
        "compiled",  # as `install` does since then: what was installed before is installed again
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


def long_paths() -> bool:
    """Tell whether paths may be longer than LONGEST_PATH: on Windows, if its registry says so."""
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:  # there is no such value
        return False


def in_onedrive() -> bool:
    """Tell whether the course lies in a folder that OneDrive, on Windows, keeps in the cloud as well."""
    roots = [os.environ.get(name) for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")]
    return sys.platform == "win32" and any(root and PureWindowsPath(ROOT).is_relative_to(root) for root in roots)


def check_place() -> None:
    """Exit where `.venv` cannot be made, on Windows, and say what would be better where it can."""
    excess = len(str(VENV)) + 1 + LONGEST_BELOW - LONGEST_PATH
    if excess > 0 and not long_paths():
        sys.exit(
            f"The path of this folder is too long for Windows, by {excess} characters: {ROOT}\n"
            "Move the course to a shorter path, such as C:\\course, or allow long paths, as administrator:\n"
            r"reg add HKLM\SYSTEM\CurrentControlSet\Control\FileSystem /v LongPathsEnabled /t REG_DWORD /d 1 /f"
            '\n("Disable path length limit" in Python\'s installer does the same). Then try again, in a new terminal.'
        )
    if in_onedrive():
        print(
            f"OneDrive will copy the thousands of files of {VENV.name}. Better stop (Ctrl-C), move the course out of\n"
            "it, such as to C:\\course, and try again there. Going on here ...",
            flush=True,
        )
    if sys.platform == "win32" and sys.version_info < FINE_CLOCK:
        print(
            "With Python {}.{} on Windows, event loops count time in steps of 16 ms: all works, but short delays are "
            "coarse. From {}.{} on they are fine. To take such a one, stop (Ctrl-C).\n{}\nGoing on here ...".format(
                *sys.version_info[:2], *FINE_CLOCK, instead(FINE_CLOCK)
            ),
            flush=True,
        )


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
    check_place()
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
    # Compiled now, as pip does: else the first kernel does it, or each kernel where Python may keep nothing.
    uv = [VENV_PYTHON, "-m", "uv", "--quiet", "pip", "install", "--compile-bytecode", "--python", VENV_PYTHON]
    uv += ["--link-mode=copy"] * in_onedrive()  # which takes no hard links
    what = ["-r", requirements] + (["-c", LOCK] if in_ci() else [])
    done = subprocess.call([*pip, "uv"]) == 0 and subprocess.call([*uv, *what]) == 0
    if not done:
        print("uv did not manage; pip does the same, more slowly ...", flush=True)
        done = subprocess.call([*pip, *what]) == 0
    if not done:
        message = f"{requirements} could not be installed; pip's reason is above. Is this machine online?"
        if sys.version_info[:2] > NEWEST:
            said = "\nOr some package is not built for Python {}.{} yet: the course is made for Python up to {}.{}.\n{}"
            message += said.format(*sys.version_info[:2], *NEWEST, instead())
        sys.exit(message)
    # It looks through all fonts of the machine once, and keeps what it found: else the first chart would wait for that.
    subprocess.call([VENV_PYTHON, "-c", "import matplotlib.font_manager"])


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

    Ctrl-C reaches the child as well, and is left to it: JupyterLab asks before it stops (on Windows it stops without,
    within five seconds), pytest prints its summary.
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
    run("-m", "compileall", "-q", "helpers")  # the same for the course's own code
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

    The arguments are pytest's own; with `-m` only the lanes that it names are run, several at a time.
    """
    prepare_tests()
    lanes = [[*TOGETHER, "-m", "not timing"], [*IN_PAIRS, "-m", "timing"]]
    if "-m" in arguments:  # of several, pytest takes the last
        lanes = [TOGETHER]
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
    run("-m", "compileall", "-q", "helpers")  # as it is when a learner starts
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
