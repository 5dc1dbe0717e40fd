"""CI runs all tests with one Python, and a part with the oldest and the newest beside it, whatever a machine has."""

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import pythons

import make

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.not_on("win32", "darwin", reason="what it is about is for a Debian")


class Machine:
    """A machine with made-up Pythons: commands that say a version, and write down what they are asked to run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.environment = {"PATH": path, "HOME": str(folder), "LOG": str(self.log)}

    def command(self, place: str, script: str) -> None:
        """Put a shell script somewhere on it."""
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def python(self, place: str, version: str) -> None:
        """Put a Python of that version on it; "" is one that will not do, and says nothing."""
        look = shlex.join([sys.executable, "tools/pythons.py"])
        said = f'echo "{version} $COURSE_VENV CI=$CI $*" >> "$LOG"'
        self.command(place, f"case $1 in -c) echo {version};; tools/pythons.py) {look};; *) {said};; esac")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """One on which no Python will do, not even those that this one has on its PATH."""
    machine = Machine(tmp_path)
    for name in ["python3", *(f"python{version}" for version in pythons.VERSIONS)]:
        machine.python(f"bin/{name}", "")
    for name in ("PATH", "HOME"):
        monkeypatch.setenv(name, machine.environment[name])
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    return machine


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        ({}, {}),
        ({"bin/python3": "3.11"}, {"3.11": "python3"}),
        ({"bin/python3": "3.10"}, {}),
        ({"bin/python3": "3.12", "bin/python3.12": "3.12"}, {"3.12": "python3"}),
        ({"bin/python3": "3.11", "bin/python3.13": "3.13"}, {"3.11": "python3", "3.13": "python3.13"}),
        ({"bin/python3": "3.14", "bin/python3.11": "3.11"}, {"3.14": "python3", "3.11": "python3.11"}),
        (
            {"bin/python3": "3.12", "bin/python3.11": "3.11", "bin/python3.13": "3.13", "bin/python3.14": "3.14"},
            {"3.12": "python3", "3.11": "python3.11", "3.14": "python3.14"},
        ),
        (
            {"bin/python3": "3.9", "bin/python3.13": "3.13", ".pyenv/versions/3.12.1/bin/python": "3.12"},
            {"3.12": ".pyenv/versions/3.12.1/bin/python", "3.13": "python3.13"},
        ),
        (
            {"bin/python3": "3.11", ".pyenv/versions/3.10.1/bin/python": "3.10", ".pyenv/versions/x/bin/python": ""},
            {"3.11": "python3"},
        ),
    ],
)
def test_the_one_for_all_tests_comes_first_then_both_ends(
    machine: Machine, installed: dict[str, str], expected: dict[str, str]
) -> None:
    for place, version in installed.items():
        machine.python(place, version)
    found = [(version, python.removeprefix(f"{machine.folder}/")) for version, python in pythons.chosen().items()]
    assert found == list(expected.items())


def test_this_python_will_do() -> None:
    assert pythons.version_of(sys.executable) == "{}.{}".format(*sys.version_info[:2])


@pytest.mark.parametrize(
    ("change", "does"),
    [
        ("pass", True),
        ("sys.version_info = type('', (tuple,), {'releaselevel': 'candidate'})(sys.version_info)", False),
        ("sys.abiflags = 't'", False),  # one without the global lock
        ("sys.modules['ensurepip'] = None", False),  # it can make no environment
    ],
)
def test_another_kind_of_python_will_not(machine: Machine, change: str, does: bool) -> None:
    start = shlex.join([sys.executable, "-c", f"import sys; {change}; exec(sys.argv[1])"])
    machine.command("bin/python3", f'exec {start} "$2"')
    assert bool(pythons.version_of("python3")) == does


def test_an_old_python_can_look_for_others() -> None:
    ast.parse(Path(pythons.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_it_looks_for_those_that_the_course_is_for() -> None:
    oldest, newest = pythons.VERSIONS[0], pythons.VERSIONS[-1]
    assert oldest == "{}.{}".format(*make.OLDEST)
    assert f"for Python {oldest} to {newest}." in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def ci(machine: Machine) -> list[str]:
    """Run CI's script there and return what it had the Pythons run."""
    machine.command("bin/dpkg-query", "echo installed")
    machine.command("bin/make", 'echo "make CI=$CI $*" >> "$LOG"')
    subprocess.run(["bash", ROOT / ".ci" / "run"], env=machine.environment, capture_output=True, check=True)
    return machine.log.read_text(encoding="utf-8").splitlines()


def test_ci_is_content_with_one_python(machine: Machine) -> None:
    machine.python("bin/python3", "3.12")
    assert ci(machine) == ["make CI=true test PYTHON=python3"]


def test_ci_lets_make_say_that_there_is_no_python(machine: Machine) -> None:
    assert ci(machine) == ["make CI=true test PYTHON=python3"]


def test_ci_runs_a_part_with_another_python(machine: Machine) -> None:
    machine.python("bin/python3", "3.11")
    machine.python(".pyenv/versions/3.14.2/bin/python", "3.14")
    *together, last = ci(machine)
    assert sorted(together) == [
        "3.14 .venv-3.14 CI=true make.py quick --numprocesses=0 -k mypy",  # which makes its environment
        "make CI=true test PYTHON=python3",
    ]
    assert last.startswith("3.14 .venv-3.14 CI=true make.py test tests/")


def test_the_part_names_tests_that_there_are(machine: Machine) -> None:
    machine.python("bin/python3", "3.11")
    machine.python("bin/python3.13", "3.13")
    part = ci(machine)[-1].split()[5:]
    files = [test.partition("::")[0] for test in part]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    named = [re.fullmatch(r"(\S+)::(\w+)(?:\[(\S+)\])?", test) for test in part if "::" in test]
    for test in named:
        assert test is not None and f"def {test[2]}(" in (ROOT / test[1]).read_text(encoding="utf-8")
    assert [(ROOT / "notebooks" / test[3]).is_file() for test in named if test and test[3]] == [True]
    assert "tests/test_house.py" in files  # types are checked at both ends
