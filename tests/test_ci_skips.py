"""conftest.py lets a test be skipped on a developer's machine, and in CI only where it cannot be on this system."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.evidence

TESTS = Path(__file__).parent

SKIPPED = """
import pytest

def test_in_its_body():
    pytest.skip("no browser")

@pytest.mark.skip(reason="no server")
def test_by_a_mark():
    pass

@pytest.mark.xfail(reason="known")
def test_expected_to_fail():
    assert False
"""

NOT_ON = """
import conftest, pytest, types
conftest.sys = types.SimpleNamespace(platform="{system}")

@pytest.mark.not_on("win32", "darwin", reason="Windows has no fork")
def test_forks():
    assert conftest.sys.platform == "linux"

def test_in_its_body():
    pytest.skip("no browser")
"""


def run_pytest(folder: Path, test_file: str, ci: str) -> tuple[int, str]:
    """Run a test file under the conftest.py of the course; return pytest's exit status and what it printed."""
    shutil.copy(TESTS / "conftest.py", folder)
    (folder / "test_skips.py").write_text(test_file, encoding="utf-8")
    tools = str(TESTS.parent / "tools")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-ra",
        "--rootdir",
        str(folder),
        "-o",
        f"pythonpath={tools}",
        str(folder),
    ]
    result = subprocess.run(command, cwd=folder, env={**os.environ, "CI": ci}, capture_output=True, encoding="utf-8")
    return result.returncode, result.stdout


def test_skips_are_allowed_outside_ci(tmp_path: Path) -> None:
    status, output = run_pytest(tmp_path, SKIPPED, ci="")
    assert (status, "2 skipped, 1 xfailed" in output) == (0, True)


def test_skips_are_failures_in_ci(tmp_path: Path) -> None:
    status, output = run_pytest(tmp_path, SKIPPED, ci="true")
    assert (status, "1 failed, 1 xfailed, 1 error" in output) == (1, True)
    assert "no browser - but nothing may be skipped in CI" in output


@pytest.mark.parametrize(("system", "told"), [("linux", "1 failed, 1 passed"), ("win32", "1 failed, 1 skipped")])
def test_what_is_not_for_a_system_is_skipped_there_and_nothing_else(tmp_path: Path, system: str, told: str) -> None:
    """A browser that is missing is missing on every system."""
    status, output = run_pytest(tmp_path, NOT_ON.format(system=system), ci="true")
    assert (status, told in output) == (1, True), output
    assert ("Windows has no fork" in output) == (system == "win32")
    assert "no browser - but nothing may be skipped in CI" in output


@pytest.mark.parametrize(
    "mark",
    [
        pytest.mark.not_on("linux", reason="no"),
        pytest.mark.not_on("Windows", reason="no"),
        pytest.mark.not_on("win32"),
        pytest.mark.not_on(reason="no"),
    ],
    ids=str,
)
def test_a_mark_names_another_system_and_a_reason(mark: pytest.MarkDecorator, request: pytest.FixtureRequest) -> None:
    conftest = request.config.pluginmanager.get_plugin(str(TESTS / "conftest.py"))
    item = SimpleNamespace(nodeid="test_it", iter_markers=lambda _: [mark.mark])
    with pytest.raises(pytest.UsageError, match="test_it: not_on names some of win32, darwin, and a reason"):
        conftest._not_here(item)  # type: ignore[union-attr]


@pytest.mark.parametrize(("ci", "expected"), [("", 5), ("true", 2)])
def test_a_file_that_skips_itself(tmp_path: Path, ci: str, expected: int) -> None:
    status, _ = run_pytest(tmp_path, "import pytest; pytest.importorskip('no_such_module')", ci)
    assert status == expected  # 5: nothing was collected; 2: collecting failed


def test_what_a_system_lacks_is_said_by_the_one_mark() -> None:
    """A skip by any other would be a failure there."""
    other = re.compile(r"mark\.skip" + r"if\(|import" + r"orskip\(")
    files = [path for path in TESTS.rglob("*.py") if path != Path(__file__)]
    assert [path.name for path in files if other.search(path.read_text(encoding="utf-8"))] == []
