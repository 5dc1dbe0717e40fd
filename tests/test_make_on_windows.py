"""make.py says at once which Python and which folder will not do on Windows, and what to do; elsewhere none of it."""

import os
import sys
import sysconfig
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pythons

import make

X64, ARM, BITS_32, MSYS2 = "win-amd64", "win-arm64", "win32", "mingw_x86_64_ucrt_gnu"
CLOUD = ["OneDrive", "OneDriveConsumer", "OneDriveCommercial"]


class Machine:
    """What make.py sees of a made-up machine: the Python that runs it, and the commands that start another.

    They are asked as on a real one: each runs the probe that make.py gives it. What else is called is only noted.
    """

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path, system: str = "win32") -> None:
        self.patch = patch
        self.system = system
        self.pythons: dict[str, tuple[tuple[int, int], str]] = {}
        self.asked: list[list[str]] = []
        self.environments: list[dict[str, str]] = []
        self.exit_status = 0
        patch.setattr(make, "subprocess", SimpleNamespace(call=self.call, DEVNULL=-1))
        patch.setattr("shutil.which", lambda name: f"{name}.bat")
        for name in CLOUD:
            patch.setenv(name, "")
        self.move_to(folder)
        self.run_by((3, 14))

    def run_by(self, version: tuple[int, int], built_for: str = X64) -> None:
        """make.py is run by this Python, with `make.py test`."""
        told = {"platform": self.system, "version_info": (*version, 0), "argv": ["make.py", "test"]}
        self.patch.setattr(make, "sys", SimpleNamespace(**vars(sys) | told))
        self.patch.setattr(sysconfig, "get_platform", lambda: built_for)

    def move_to(self, root: Path) -> None:
        """The course lies in this folder."""
        self.patch.setattr(make, "ROOT", root)
        self.patch.setattr(make, "VENV", root / ".venv")

    def registry(self, value: int | None) -> None:
        """LongPathsEnabled is this there, or not there."""

        def query(key: Any, name: str) -> tuple[int, int]:
            if value is None or name != "LongPathsEnabled":
                raise FileNotFoundError(2, name)
            return value, 4

        known = SimpleNamespace(HKEY_LOCAL_MACHINE=2, OpenKey=lambda root, path: nullcontext(), QueryValueEx=query)
        self.patch.setitem(sys.modules, "winreg", known)

    def call(self, command: list[str], env: dict[str, str] | None = None, **streams: int) -> int:
        """Do what subprocess.call does, here: ask a Python that there may be, or note the call."""
        self.asked.append(command)
        if env is None:
            return self.exit_status
        self.environments.append(env)
        program, *words, _, probe = command
        found = self.pythons.get(" ".join([program.removesuffix(".bat"), *words]))
        if found is None:
            return 103  # as `py` says that there is no such Python
        modules = {
            "sys": SimpleNamespace(version_info=(*found[0], 0), platform=self.system, exit=sys.exit),
            "sysconfig": SimpleNamespace(get_platform=lambda: found[1]),
        }
        with pytest.raises(SystemExit) as done:
            exec(probe, {"__builtins__": {"__import__": lambda name, *rest: modules[name]}})
        return int(done.value.code or 0)


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(monkeypatch, tmp_path)
    machine.registry(None)
    return machine


def text_of(command: Any, *arguments: str) -> str:
    """Return with what words it exits."""
    with pytest.raises(SystemExit) as stopped:
        command(*arguments)
    return str(stopped.value.code)


@pytest.mark.parametrize(("built_for", "words"), [(ARM, "ARM"), (BITS_32, "32 bits"), (MSYS2, MSYS2)])
def test_a_python_that_is_not_for_x64_is_told_what_to_install(windows: Machine, built_for: str, words: str) -> None:
    windows.run_by((3, 14), built_for)
    said = make.unfit()
    assert said.startswith(
        "On Windows this course needs the Python of python.org for x64 (64 bits), which Windows 11 runs"
    )
    assert f"this one is built for {words} ({sys.executable})" in said
    assert '"Windows installer (64-bit)" on python.org' in said
    assert "py install 3.14-64" in said


def test_it_is_told_what_to_type_where_there_is_one_for_x64(windows: Machine) -> None:
    """What the processor is, platform.machine() tells from Python 3.12 on, whatever the Python is for."""
    windows.run_by((3, 14), ARM)
    windows.pythons = {"py -3.14": ((3, 14), ARM), "python3.13": ((3, 13), ARM), "py -3.13-64": ((3, 13), X64)}
    assert "Type instead:  py -3.13-64 make.py test" in make.unfit()


def test_a_python_for_x64_will_do(windows: Machine) -> None:
    assert make.unfit() == ""


def test_no_other_than_a_tested_one_is_offered(windows: Machine) -> None:
    windows.run_by((3, 9))
    windows.pythons = {"py -3.15": ((3, 15), X64), "py -3.12": ((3, 12), X64), "py -3.11": ((3, 11), X64)}
    assert "Type instead:  py -3.12 make.py test" in make.unfit()
    assert {command[1] for command in windows.asked if command[0] == "py.bat"} == {
        f"-3.{minor}{ending}" for minor in (14, 13, 12) for ending in ("", "-64")
    } - {"-3.12-64"}
    assert f"{make.NEWEST[0]}.{make.NEWEST[1]}" == pythons.VERSIONS[-1]
    assert f"{make.OLDEST[0]}.{make.OLDEST[1]}" == pythons.VERSIONS[0]


def test_to_look_for_another_python_installs_none(windows: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `py -3.14` may: the old launcher if told so, the install manager if it knows of no Python at all."""
    for name in ("PYLAUNCHER_ALLOW_INSTALL", "PYLAUNCHER_ALWAYS_INSTALL", "PYLAUNCHER_DRYRUN"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PYTHON_MANAGER_AUTOMATIC_INSTALL", "true")
    assert make.other_python() == ""
    assert len(windows.environments) == 12
    for environment in windows.environments:
        assert environment["PYTHON_MANAGER_AUTOMATIC_INSTALL"] == "false"
        assert [name for name in environment if name.startswith("PYLAUNCHER")] == []
        assert environment["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize("version", [(3, 11), (3, 12)])
def test_a_python_with_a_coarse_clock_is_told_of_a_better_one(
    windows: Machine, version: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    windows.run_by(version)
    windows.pythons = {"py -3.12": ((3, 12), X64)}
    assert make.unfit() == ""
    make.make_venv()
    said = capsys.readouterr().out
    assert "event loops count time in steps of 16 ms: all works" in said
    assert "Install Python 3.14 for x64" in said  # 3.12 is no better
    windows.pythons["py -3.13"] = ((3, 13), X64)
    make.make_venv()
    assert "Type instead:  py -3.13 make.py test" in capsys.readouterr().out


def test_nothing_is_said_where_all_is_well(windows: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    windows.run_by((3, 13))
    make.make_venv()
    assert capsys.readouterr().out == "Making .venv with Python 3.13.0 ...\n"


@pytest.mark.parametrize("registry", [None, 0])
def test_a_path_that_gets_too_long_is_told_both_ways_out(windows: Machine, registry: int | None) -> None:
    windows.registry(registry)
    room = make.LONGEST_PATH - make.LONGEST_BELOW - len("/.venv/")
    windows.move_to(Path("/" + "x" * (room - 1)))
    make.check_place()
    windows.move_to(Path("/" + "x" * room))
    assert "too long for Windows, by 1 characters:" in text_of(make.check_place)
    windows.move_to(Path("/" + "x" * (room + 6)))
    said = text_of(make.make_venv)
    assert said.startswith(f"The path of this folder is too long for Windows, by 7 characters: {make.ROOT}\n")
    assert r"such as C:\course, or allow long paths" in said
    assert r"reg add HKLM\SYSTEM\CurrentControlSet\Control\FileSystem /v LongPathsEnabled /t REG_DWORD /d 1" in said
    assert '"Disable path length limit"' in said
    assert windows.asked == []  # nothing was made
    windows.registry(1)
    make.check_place()


def test_no_path_of_this_environment_is_longer_than_make_allows_for() -> None:
    """On Windows, what is in lib/python3.13/site-packages here is in Lib/site-packages."""
    places = {sysconfig.get_path("purelib"): "Lib/site-packages", os.path.join(sys.prefix, "share"): "share"}
    longest = 0
    for place, there in places.items():
        for folder, folders, files in os.walk(place):
            folders[:] = [one for one in folders if one != "__pycache__"]  # Python does without, where it must
            longest = max([longest, *(len(there) + len(folder) - len(place) + 1 + len(file) for file in files)])
    assert 120 < longest <= make.LONGEST_BELOW


def installed(machine: Machine) -> list[str]:
    """The last command that had uv install something."""
    return next(list(command) for command in reversed(machine.asked) if command[1:4] == ["-m", "uv", "--quiet"])


@pytest.mark.parametrize("name", CLOUD)
def test_in_onedrive_files_are_copied_and_another_folder_is_proposed(
    windows: Machine, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(make.ROOT.parent).upper() + "\\")
    make.make_venv()
    assert "OneDrive will copy the thousands of files of .venv" in capsys.readouterr().out
    make.install("requirements.txt")
    assert "--link-mode=copy" in installed(windows)
    monkeypatch.setenv(name, str(make.ROOT)[:-1])  # a folder whose name only begins so
    make.make_venv()
    assert "OneDrive" not in capsys.readouterr().out
    make.install("requirements.txt")
    assert "--link-mode=copy" not in installed(windows)


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_elsewhere_nothing_of_this_is_said(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(monkeypatch, tmp_path / ("x" * 200), system)
    machine.run_by((3, 11), f"{system}-arm64")
    for name in CLOUD:
        monkeypatch.setenv(name, str(tmp_path))
    assert make.unfit() == ""
    make.make_venv()
    assert capsys.readouterr().out == "Making .venv with Python 3.11.0 ...\n"
    make.install("requirements.txt")
    assert "--link-mode=copy" not in installed(machine)
    machine.run_by((3, 9), f"{system}-arm64")
    assert make.unfit().endswith(
        "Install Python 3.14 (Windows, macOS: from python.org; Linux: from your distribution), then try again."
    )


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_where_a_python_newer_than_tested_cannot_install_it_is_said(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(monkeypatch, tmp_path, system)
    machine.exit_status = 1
    assert text_of(make.install, "requirements.txt").endswith("Is this machine online?")
    machine.run_by((3, 15))
    machine.pythons = {"python3.12": ((3, 12), X64)}
    said = text_of(make.install, "requirements.txt")
    assert "Is this machine online?" in said
    assert "not built for Python 3.15 yet: the course is made for Python up to 3.14." in said
    assert "Type instead:  python3.12 make.py test" in said


def test_readme_says_it_early() -> None:
    page = (Path(make.__file__).parent / "README.md").read_text(encoding="utf-8")
    section = page.partition("## On Windows and macOS\n")[2].partition("\n## ")[0]
    assert section and page.index(section) < page.index("## How to use it")
    fine = "Python {}.{} or newer for x64".format(*make.FINE_CLOCK)
    for word in (fine, "ARM", "OneDrive", r"C:\course", "timeBeginPeriod(1)", r".venv\Scripts\python"):
        assert word in section
