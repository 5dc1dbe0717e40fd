"""make.py makes the environment once, again when something has changed, and says clearly what is missing."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import make
from benchmarks import practice_api

SCRIPT = Path(make.__file__)


def test_old_pythons_can_read_it() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_too_old_a_python_is_told_what_to_type() -> None:
    pretend = (
        f"import runpy, sys; sys.version_info = (3, 9, 2); sys.argv[1:] = ['test']; runpy.run_path({str(SCRIPT)!r})"
    )
    result = subprocess.run([sys.executable, "-c", pretend], capture_output=True, encoding="utf-8")
    assert result.returncode == 1
    assert result.stderr.startswith("This course needs Python 3.11 or newer; this is Python 3.9")
    assert "make.py test" in result.stderr or "Install Python 3.14" in result.stderr


def test_a_python_without_venv_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match=r"sudo apt install python3\.\d+-venv"):
        make.make_venv()


@pytest.mark.parametrize("named", ["notebooks", ".venv/lib", ".venv/../data", "/tmp"])
def test_no_other_folder_is_taken_for_an_environment(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be removed."""
    monkeypatch.setattr(make, "VENV", make.ROOT / named)
    with pytest.raises(SystemExit, match="COURSE_VENV is the name of a folder here"):
        make.make_venv()


@pytest.mark.parametrize(("named", "folder"), [("", ".venv"), (".venv-3.14", ".venv-3.14")])
def test_a_second_python_has_an_environment_of_its_own(named: str, folder: str) -> None:
    code = "import make; print(make.VENV.relative_to(make.ROOT), make.VENV_PYTHON.startswith(str(make.VENV)))"
    environment = os.environ | {"COURSE_VENV": named}
    said = subprocess.check_output([sys.executable, "-c", code], cwd=make.ROOT, env=environment, encoding="utf-8")
    assert said.split() == [folder, "True"]


def test_an_unknown_command_is_told_the_known_ones() -> None:
    with pytest.raises(SystemExit, match=r"lab \| test \| quick \| format \| bench"):
        make.main(["tset"])


def test_quick_is_the_unit_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(make, "prepare", lambda requirements: None)
    monkeypatch.setattr(make, "run", lambda *command: commands.append(command) or 3)
    assert make.quick(["-x"]) == 3
    assert commands == [("-m", "pytest", *make.TOGETHER, "-m", "unit", "-x")]


class Course:
    """A course in a temporary folder, whose environment is only pretended; it counts what make.py does to it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder
        self.done: list[str] = []
        self.sound = False
        for file in [*make.REQUIREMENTS, make.LOCK, "pyproject.toml"]:
            (folder / file).write_bytes((SCRIPT.parent / file).read_bytes())
        monkeypatch.delenv("CI", raising=False)
        monkeypatch.setattr(make, "ROOT", folder)
        monkeypatch.setattr(make, "VENV", folder / ".venv")
        monkeypatch.setattr(make, "is_sound", lambda: self.sound)
        monkeypatch.setattr(make, "make_venv", self.make_venv)
        monkeypatch.setattr(make, "install", self.done.append)

    def make_venv(self) -> None:
        (self.root / ".venv").mkdir(exist_ok=True)
        self.sound = True
        self.done.append("venv")

    def prepare(self, requirements: str) -> list[str]:
        """Return what make.py did to bring the environment up to the requirements."""
        self.done.clear()
        make.prepare(requirements)
        return list(self.done)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    return Course(tmp_path, monkeypatch)


def test_a_second_call_installs_nothing(course: Course) -> None:
    assert course.prepare("requirements.txt") == ["venv", "requirements.txt"]
    assert course.prepare("requirements.txt") == []


def test_what_a_learner_needs_is_part_of_what_a_developer_needs(course: Course) -> None:
    course.prepare("requirements.txt")
    assert course.prepare("requirements-dev.txt") == ["requirements-dev.txt"]
    assert course.prepare("requirements.txt") == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("requirements.txt", "aiohttp", "# more\naiohttp"),
        ("pyproject.toml", 'version = "0', 'version = "1'),
        ("pyproject.toml", "setuptools>=", "setuptools>"),
    ],
)
def test_a_change_is_installed(course: Course, file: str, old: str, new: str) -> None:
    course.prepare("requirements-dev.txt")
    text = (course.root / file).read_text(encoding="utf-8")
    assert old in text
    (course.root / file).write_text(text.replace(old, new), encoding="utf-8")
    assert course.prepare("requirements.txt") == ["requirements.txt"]
    assert course.prepare("requirements-dev.txt") == ["requirements-dev.txt"]


def test_a_change_of_ruffs_settings_is_not(course: Course) -> None:
    course.prepare("requirements.txt")
    project = course.root / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("[tool.ruff]", "[tool.ruff]\nfix = true"), encoding="utf-8")
    assert course.prepare("requirements.txt") == []


def test_ci_holds_to_the_lock(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    course.prepare("requirements.txt")
    monkeypatch.setenv("CI", "true")
    assert course.prepare("requirements.txt") == ["requirements.txt"]
    assert course.prepare("requirements.txt") == []


def test_an_interrupted_installation_is_done_again(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(requirements: str) -> None:
        raise KeyboardInterrupt

    course.prepare("requirements.txt")
    with monkeypatch.context() as patch:
        patch.setattr(make, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            course.prepare("requirements-dev.txt")
    assert course.prepare("requirements.txt") == ["requirements.txt"]


def test_a_broken_environment_is_made_again(course: Course) -> None:
    course.prepare("requirements.txt")
    course.sound = False
    assert course.prepare("requirements.txt") == ["venv", "requirements.txt"]


def test_this_environment_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "VENV_PYTHON", sys.executable)  # whichever of the course's environments it is
    assert make.is_sound()


def test_half_an_environment_is_not_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "VENV_PYTHON", str(tmp_path / "bin" / "python"))
    assert not make.is_sound()  # its Python has gone
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path)], check=True)
    monkeypatch.setattr(make, "VENV_PYTHON", str(tmp_path / Path(sys.executable).relative_to(sys.prefix)))
    assert not make.is_sound()  # it was interrupted before pip


SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
OS_NAMES = {"Linux": "posix", "Darwin": "posix", "Windows": "nt"}
PYTHONS = ["3.11", "3.12", "3.14"]


def requirements(file: str, system: str, python: str) -> list[Requirement]:
    """Return what a requirements file asks for on such a machine, without its comments and its lines for pip."""
    machine = {"platform_system": system, "sys_platform": SYSTEMS[system], "os_name": OS_NAMES[system]}
    machine |= {"python_version": python, "python_full_version": f"{python}.9"}
    lines = (SCRIPT.parent / file).read_text(encoding="utf-8").splitlines()
    asked = [Requirement(line) for line in lines if not line.startswith(("#", "-"))]
    return [one for one in asked if one.marker is None or one.marker.evaluate(machine)]


@pytest.mark.parametrize("file", make.REQUIREMENTS)
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_is_one_way_to_meet_the_requirements(python: str, system: str, file: str) -> None:
    pinned = requirements(make.LOCK, system, python)
    locked = {one.name.lower(): str(one.specifier).removeprefix("==") for one in pinned}
    asked = requirements(file, system, python)
    assert asked
    assert [one for one in asked if locked[one.name.lower()] not in one.specifier] == []


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_gevent_is_asked_for_on_linux_only(python: str, system: str) -> None:
    """For Python 3.11 on macOS there is none that is built: the tests would need a compiler."""
    for file in ("requirements-dev.txt", make.LOCK):
        asked = {one.name for one in requirements(file, system, python)}
        assert ("gevent" in asked) == ("httpbin" in asked) == (system == "Linux"), file


def test_the_benchmark_says_that_gevent_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(practice_api, "find_spec", lambda name: None if name == "gevent" else object())
    with practice_api.httpbin() as port:
        assert port is None
    assert capsys.readouterr().out.startswith("Not installed here (see requirements-dev.txt): gevent.")


def test_the_tests_of_a_file_are_run_by_one_worker(request: pytest.FixtureRequest) -> None:
    """pytest-xdist adds the group to a test's name, and does nothing, without a word, where pytest hides the name."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@test_make.py")


@pytest.mark.parametrize("uv_status", [0, 1])
def test_what_is_installed_is_compiled_and_the_fonts_are_known(uv_status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the first kernel would do it, while somebody waits for a chart. pip compiles by itself."""
    calls: list[list[str]] = []

    def call(command: list[str]) -> int:
        calls.append(command[1:])
        return uv_status if "uv" in command[:3] else 0

    monkeypatch.setattr(make.subprocess, "call", call)
    make.install("requirements.txt")
    assert "--compile-bytecode" in next(command for command in calls if command[:2] == ["-m", "uv"])
    assert sum("requirements.txt" in command for command in calls) == 1 + uv_status
    assert not any("--no-compile" in command for command in calls)
    assert calls[-1] == ["-c", "import matplotlib.font_manager"]
