"""A process's own folder in the temporary folder: it goes, however its owner ends, and stays as long as that lives."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import windows_files
from test_process import exists, wait_until

from helpers.servers import own_folder as module
from helpers.servers.own_folder import PREFIX, own_folder

pytestmark = pytest.mark.evidence

OWNER = """
import os, sys
from helpers.servers.own_folder import own_folder
print(own_folder(), flush=True)
(own_folder() / "notes").mkdir()
(own_folder() / "notes" / "one").write_text("kept as long as its owner lives", encoding="utf-8")
"""
WAIT = "sys.stdin.readline()\n"
TEMP = "Temp" if sys.platform == "win32" else "."
"""The user's temporary folder, below what LOCALAPPDATA names there."""


@contextmanager
def running(
    folder: Path, script: str, environment: Mapping[str, str] = os.environ
) -> "Iterator[subprocess.Popen[str]]":
    """A Python whose temporary folder this is; whatever becomes of it in the block, it is over at its end."""
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "LOCALAPPDATA"), str(folder))
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**environment, **places},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def says(process: "subprocess.Popen[str]") -> str:
    """The next line that it prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def left(folder: Path) -> list[str]:
    """What is left in a temporary folder, but for what other libraries put there."""
    return sorted(path.name for path in (folder / TEMP).glob(f"{PREFIX}*"))


def killed(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of an owner that was killed."""
    with running(folder, OWNER + WAIT, environment) as owner:
        mine = Path(says(owner))
        assert wait_until(lambda: (mine / "notes" / "one").exists())
        owner.kill()
        owner.wait()
    assert mine.name.startswith(f"{PREFIX}{owner.pid}-") and mine.is_dir()
    return mine


def test_it_is_for_its_user_only_and_there_is_one(tmp_path: Path) -> None:
    assert own_folder() == own_folder() and own_folder().name.startswith(f"{PREFIX}{os.getpid()}-")
    if sys.platform != "win32":
        assert own_folder().stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise RuntimeError", "1 / 0"])
def test_an_end_in_order_removes_it(tmp_path: Path, end: str) -> None:
    with running(tmp_path, OWNER + end) as owner:
        owner.communicate(timeout=60)
    assert left(tmp_path) == []


def test_one_that_was_left_goes_with_the_next_start(tmp_path: Path) -> None:
    first, second = killed(tmp_path), killed(tmp_path)
    assert not first.exists()  # the second owner has removed it
    with running(tmp_path, OWNER) as owner:
        owner.communicate(timeout=60)
    assert not second.exists() and left(tmp_path) == []


def test_that_of_one_who_lives_stays(tmp_path: Path) -> None:
    with running(tmp_path, OWNER + WAIT) as owner:
        mine = Path(says(owner))
        for _ in range(3):
            killed(tmp_path)
        assert (mine / "notes" / "one").exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    names = [f"{PREFIX}1", f"{PREFIX}abcdefgh", f"{PREFIX}1-", f"{PREFIX}one-abcdefgh", "other-1-abcdefgh"]
    for name in names:
        (tmp_path / TEMP / name).mkdir(parents=True)
    (tmp_path / TEMP / f"{PREFIX}1-abcdefgh").touch()  # no folder
    killed(tmp_path)
    assert all((tmp_path / TEMP / name).is_dir() for name in names)
    assert (tmp_path / TEMP / f"{PREFIX}1-abcdefgh").is_file()


@pytest.mark.not_on("win32", reason="there each user has a temporary folder")
def test_a_folder_of_another_user_and_a_link_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").touch()
    (tmp_path / f"{PREFIX}1-linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f"{PREFIX}1-another").mkdir()
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    module._remove_left_folders()
    assert (tmp_path / f"{PREFIX}1-another").is_dir()
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    module._remove_left_folders()
    assert not (tmp_path / f"{PREFIX}1-another").exists()
    assert (tmp_path / "elsewhere" / "precious").exists() and (tmp_path / f"{PREFIX}1-linked").is_symlink()


def test_where_somebody_has_removed_it_it_is_made_anew(tmp_path: Path) -> None:
    again = "import shutil\nshutil.rmtree(own_folder())\nprint(own_folder(), own_folder().is_dir(), flush=True)\n"
    with running(tmp_path, OWNER + (again if sys.platform != "win32" else "print(own_folder(), True)\n")) as owner:
        says(owner)
        assert says(owner).endswith(" True")
        owner.communicate(timeout=60)
    assert left(tmp_path) == []


@pytest.mark.not_on("win32", reason="there is no fork here")
def test_a_forked_child_has_its_own_and_does_not_hold_that_of_its_parent(tmp_path: Path) -> None:
    fork = """
def say(what):
    os.write(1, f"{what}\\n".encode())  # in one piece: two processes write here
child = os.fork()
if child == 0:
    say(own_folder())
    sys.stdin.readline()
    os._exit(0)
say(child)
"""
    with running(tmp_path, OWNER + fork + WAIT) as owner:
        mine = Path(says(owner))
        told = {says(owner), says(owner)}
        child = next(int(word) for word in told if word.isdecimal())
        (others,) = (Path(word) for word in told if not word.isdecimal())
        assert others != mine and others.name.startswith(f"{PREFIX}{child}-")
        try:
            owner.kill()
            owner.wait()
            killed(tmp_path)
            assert exists(child), "the forked child ended early, so this test shows nothing"
            assert others.is_dir() and not mine.exists()
        finally:
            os.kill(child, signal.SIGKILL)


# --- what is in it ----------------------------------------------------------------------------------

KERNEL = """
import sys
from helpers.exercises.bench.kernel_side import bench
from helpers.servers.django_project.database import sqlite_file
from helpers.servers.practice_api import practice_api
print(practice_api().pid, bench()._process.pid, flush=True)
open(sqlite_file(), "w", encoding="utf-8").close()
print("ready", flush=True)
"""


def test_a_bench_that_ends_in_order_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path, KERNEL) as kernel:
        kernel.communicate(timeout=120)
    assert kernel.returncode == 0
    assert wait_until(lambda: left(tmp_path) == [])


def test_a_bench_that_is_ended_by_force_leaves_nothing(tmp_path: Path) -> None:
    """As where a function does not end: its process goes at once, and so does what its practice API wrote."""
    force = "bench()._process.stop()\nbench()\nprint('again', flush=True)\n"
    with running(tmp_path, KERNEL + force + WAIT) as kernel:
        assert [says(kernel), says(kernel), says(kernel)][1:] == ["ready", "again"]
        # Of the kernel itself, and of the bench that is there now.
        assert wait_until(lambda: len(left(tmp_path)) == 2)


def test_all_of_a_killed_kernel_goes_with_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path, KERNEL + WAIT) as kernel:
        servers = [int(word) for word in says(kernel).split()]
        assert says(kernel) == "ready"
        kernel.kill()
        kernel.wait()
    assert wait_until(lambda: not any(map(exists, servers)))
    assert len(left(tmp_path)) == 1  # its own; the bench has removed its one
    with running(tmp_path, OWNER) as owner:
        owner.communicate(timeout=60)
    assert left(tmp_path) == []


# --- as on Windows ----------------------------------------------------------------------------------


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This module takes the system for Windows, and TMP has been pointed at a folder that everybody may read."""
    monkeypatch.setattr(module, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    (tmp_path / "shared").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shared"))
    return tmp_path / "Local" / "Temp"


def test_there_it_is_a_plain_one_in_the_users_profile(windows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mode 0o700 is what locks out whoever gives up an administrator's rights."""
    make, modes = os.mkdir, list[int]()

    def noting(path: str, mode: int = 0o777, **options: int) -> None:
        modes.append(mode)
        make(path, mode, **options)

    monkeypatch.setattr(os, "mkdir", noting)
    locked = module._make()
    os.close(locked.descriptor)
    assert locked.path.parent == windows and module.NAME.fullmatch(locked.path.name)
    assert modes and 0o700 not in modes
    assert list((windows.parents[1] / "shared").iterdir()) == []
    monkeypatch.delenv("LOCALAPPDATA")
    monkeypatch.setattr(Path, "home", lambda: windows.parent)
    assert module._temporary_folder() == windows.parent / "AppData" / "Local" / "Temp"


def test_there_a_postgresql_that_was_left_is_known_by_a_path_with_its_bars_turned_round(windows: Path) -> None:
    data = windows / f"{PREFIX}1-left" / "data"
    data.mkdir(parents=True)
    command = [sys.executable, "-c", "input()", "-D", f"C:/Temp/{PREFIX}1-left/data"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as server:
        (data / "postmaster.pid").write_text(f"{server.pid}\n/data\n", encoding="utf-8")
        module._remove_left_folders()
        assert not exists(server.pid) and not data.parent.exists()


@pytest.fixture
def as_there(tmp_path: Path) -> dict[str, str]:
    """The environment of Pythons whose files cannot be removed while they are open; `tmp_path` is where they are."""
    if sys.platform != "linux":
        pytest.skip("what is open is told by /proc; on Windows all tests above are of this kind")
    return windows_files.everywhere(tmp_path)


def goes_with_the_next_start(folder: Path, environment: Mapping[str, str]) -> bool:
    with running(folder, OWNER, environment) as owner:
        owner.communicate(timeout=60)
    return left(folder / "Temp") == []


def test_there_it_goes_at_its_end_and_else_with_the_next_start(tmp_path: Path, as_there: dict[str, str]) -> None:
    with running(tmp_path, OWNER + WAIT, as_there) as owner:
        mine = Path(says(owner))
        assert mine.parent == tmp_path / "Temp"
        first, second = killed(tmp_path, as_there), killed(tmp_path, as_there)
        assert (mine / "notes" / "one").exists() and second.exists() and not first.exists()
        owner.communicate("\n", timeout=60)
        assert owner.returncode == 0 and not mine.exists()
    assert goes_with_the_next_start(tmp_path, as_there)


HOLDS = """
import subprocess
with open(own_folder() / "log", "w") as log:
    subprocess.Popen(["sleep", "0.2"], stdout=log)
"""


def test_there_what_a_child_that_has_just_ended_holds_is_waited_for(tmp_path: Path, as_there: dict[str, str]) -> None:
    with running(tmp_path, OWNER + HOLDS, as_there) as owner:
        owner.communicate(timeout=60)
    assert owner.returncode == 0 and left(tmp_path / "Temp") == []


def test_there_what_a_process_holds_itself_goes_with_the_next_start(tmp_path: Path, as_there: dict[str, str]) -> None:
    with running(tmp_path, OWNER + "kept = open(own_folder() / 'countries.sqlite', 'w')\n", as_there) as owner:
        owner.communicate(timeout=60)
    assert owner.returncode == 0 and len(left(tmp_path / "Temp")) == 1
    assert goes_with_the_next_start(tmp_path, as_there)


SERVER = """
from helpers.servers.practice_api import practice_api
practice_api()
print("ready", flush=True)
"""


@pytest.mark.parametrize("end", ["", "os._exit(0)"])
def test_there_what_a_server_writes_goes_too(end: str, tmp_path: Path, as_there: dict[str, str]) -> None:
    with running(tmp_path, OWNER + SERVER + end, as_there) as kernel:
        output, _ = kernel.communicate(timeout=60)
    assert kernel.returncode == 0 and "ready" in output
    assert len(left(tmp_path / "Temp")) == bool(end)
    assert wait_until(lambda: goes_with_the_next_start(tmp_path, as_there))
