"""Tests that send Ctrl-C's signal pass too where a shell had the run ignore it, as it does in the background."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SENDING = [
    "tests/helpers/test_explore_panel.py::test_the_notebooks_stop_button_ends_plain_code",
    "tests/helpers/test_process.py::test_by_hand_it_prints_its_address_and_ends_cleanly",
    "tests/helpers/test_process.py::test_the_stop_button_does_not_reach_it",
    "tests/helpers/test_thread_recorder.py::test_an_interrupt_in_a_sleep_leaves_nothing_behind",
    "tests/helpers/test_trials.py::test_ctrl_c_ends_plain_code_at_once_and_the_handler_of_before_comes_back",
]


@pytest.mark.evidence
@pytest.mark.not_on("win32", reason="a shell of Windows has nobody ignore Ctrl-C")
def test_those_that_send_it_pass_in_the_background() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=60"]
    in_background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command, *SENDING]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    result = subprocess.run(in_background, cwd=ROOT, env=plain, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout


def test_all_that_send_it_are_known() -> None:
    """Each test that names the signal is above."""
    found = {
        f"{path.relative_to(ROOT).as_posix()}::{function.name}"
        for path in Path(__file__).parent.rglob("test_*.py")
        if path != Path(__file__)
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and "SIGINT" in ast.unparse(function)
    }
    assert found == set(SENDING)
