"""What the tests take for Windows' files is refused here as it is there."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import windows_files

pytestmark = pytest.mark.not_on("win32", "darwin", reason="it asks /proc")

REMOVES: list[Callable[[Path], object]] = [
    lambda file: os.remove(file),
    lambda file: os.unlink(file),
    Path.unlink,
    lambda file: shutil.rmtree(file.parent),
    lambda file: os.rename(file, file.with_name("other")),
    lambda file: os.replace(file, file.with_name("other")),
    lambda file: os.replace(file.with_name("new"), file),
    lambda file: os.rename(file.parent, file.parent.with_name("elsewhere")),
]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    windows_files.take_effect(monkeypatch.setattr)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "new").touch()
    return folder / "file"


@pytest.mark.parametrize("remove", REMOVES)
def test_what_is_open_stays_and_goes_once_it_is_closed(remove: Callable[[Path], object], file: Path) -> None:
    with file.open("w", encoding="utf-8") as opened:
        with pytest.raises(PermissionError):
            remove(file)
        # No descriptor of this process keeps it there, but the child's.
        with subprocess.Popen(["sleep", "60"], stdout=opened) as other:
            opened.close()
            try:
                with pytest.raises(PermissionError):
                    remove(file)
            finally:
                other.kill()
    file.touch()
    file.with_name("new").touch()
    remove(file)


def test_a_folder_in_which_a_process_works_stays(file: Path) -> None:
    file.with_name("new").unlink()
    with subprocess.Popen(["sleep", "60"], cwd=file.parent) as works:
        try:
            for remove in (os.rmdir, shutil.rmtree):
                with pytest.raises(PermissionError):
                    remove(file.parent)
        finally:
            works.kill()
    file.parent.rmdir()


def test_that_a_folder_is_not_empty_is_said_first(file: Path) -> None:
    with file.open("w", encoding="utf-8"), pytest.raises(OSError, match=os.strerror(errno.ENOTEMPTY)):
        file.parent.rmdir()
