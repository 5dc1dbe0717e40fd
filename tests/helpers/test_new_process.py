"""A Python of its own: what it tells, and what is said of it where it fails."""

from pathlib import Path

import pytest

from helpers.costs.new_process import told_by

pytestmark = pytest.mark.evidence

NAMES = "Curaçao, São Tomé, Łódź"


@pytest.fixture(autouse=True)
def _poor_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows ASCII only, as a code page of Windows lacks some letters."""
    for name, value in {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)


def script(folder: Path, code: str) -> list[str]:
    """The arguments for a script of this code."""
    path = folder / "script.py"
    path.write_text(code, encoding="utf-8")
    return [str(path)]


def test_it_tells_in_every_letter(tmp_path: Path) -> None:
    assert told_by("it", script(tmp_path, f"print('[\"{NAMES}\"]')"), 20) == [NAMES]


def test_it_says_why_it_failed_in_every_letter(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=f"the process of this test failed: {NAMES}"):
        told_by("the process of this test", script(tmp_path, f'import sys; sys.exit("{NAMES}")'), 20)
