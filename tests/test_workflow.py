"""The workflow for Windows and macOS, as far as it can be looked at here: what it names is there, and what it runs."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import pythons
import wheels
import yaml

import make

FILE = make.ROOT / ".github" / "workflows" / "test.yml"
WORKFLOW: dict[Any, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
OTHER_SYSTEMS: dict[str, Any] = WORKFLOW["jobs"]["other-systems"]


def commands(job: dict[str, Any]) -> list[list[str]]:
    """The words of each command that a job runs."""
    return [shlex.split(step["run"]) for step in job["steps"] if "run" in step]


def test_it_is_for_both_systems_and_both_ends_of_the_pythons() -> None:
    assert OTHER_SYSTEMS["strategy"]["matrix"] == {
        "system": ["windows-latest", "macos-latest"],
        "python": ["{}.{}".format(*make.OLDEST), pythons.VERSIONS[-1]],
    }
    assert OTHER_SYSTEMS["strategy"]["fail-fast"] is False
    assert OTHER_SYSTEMS["runs-on"] == "${{ matrix.system }}"


def test_a_change_and_a_proposal_of_one_are_tested_and_nothing_may_be_written() -> None:
    assert WORKFLOW[True].keys() == {"push", "pull_request"}  # to YAML, `on` is a truth value
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert all("permissions" not in job and job["timeout-minutes"] <= 90 for job in WORKFLOW["jobs"].values())


def test_actions_are_held_to_a_major_version() -> None:
    used = [step["uses"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"actions/[\w-]+@v\d+", action)] == []


def test_what_it_runs_is_there() -> None:
    run = [words for job in WORKFLOW["jobs"].values() for words in commands(job)]
    files = [words[0] if "/" in words[0] else words[1] for words in run if words[0] == ".ci/run" or ".py" in words[1]]
    assert sorted(files) == [".ci/run", "make.py", "tools/wheels.py"]
    assert [file for file in files if not (make.ROOT / file).is_file()] == []


def test_each_test_but_those_that_compare_times_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.chdir(make.ROOT)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(make, "prepare", lambda requirements: None)
    monkeypatch.setattr(make, "run", lambda *command: asked.append(command) or 0)
    [[python, file, *words]] = commands(OTHER_SYSTEMS)
    assert (python, file, words[0] in make.COMMANDS) == ("python", "make.py", True)
    assert make.main(words) == 0
    [command] = asked
    options = command[command.index("pytest") + 1 :]
    assert [word for before, word in pairwise(options) if before == "-m"] == ["not timing"]


def test_each_package_without_a_wheel_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """uv names one of them; what else its sentence has in it is none."""
    lines = ["granian==2.8.7", "pg==3.3.9", "psycopg-pg==3.3.9 ; python_version < '3.15'", "requests==2.34.0"]
    sentences: Iterator[str] = iter(
        ["psycopg-pg{implementation_name != 'pypy'}==3.3.9 has no", "granian==2.8.7 has no", ""]
    )
    left: list[list[str]] = []
    monkeypatch.setattr(wheels, "complaint", lambda lines, system, python: left.append(lines) or next(sentences))
    missing = wheels.without_wheel(lines, "Windows ARM64", "3.14")
    assert missing == ["psycopg-pg==3.3.9", "granian==2.8.7"]
    assert left[-1] == ["pg==3.3.9", "requests==2.34.0"]
    monkeypatch.setattr(wheels, "complaint", lambda lines, system, python: "No module named uv")
    with pytest.raises(SystemExit, match="No module named uv"):
        wheels.without_wheel(lines, "Windows ARM64", "3.14")
