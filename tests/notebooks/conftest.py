"""Fixtures that the tests of the notebooks share."""

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from cells import NOTEBOOKS
from course import Course, run_course


@pytest.fixture
def make_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a notebook of the given code cells, with the ids cell-1, cell-2 ..."""

    def make(*sources: str) -> Path:
        empty: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells = [empty | {"id": f"cell-{n}", "source": source} for n, source in enumerate(sources, 1)]
        path = tmp_path / "made.ipynb"
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path

    return make


@pytest.fixture(scope="session")
def notebooks_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder notebooks/: what a notebook writes beside itself stays out of the work tree."""
    copy = tmp_path_factory.mktemp("course") / "notebooks"
    shutil.copytree(NOTEBOOKS, copy, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return copy


@pytest.fixture(scope="session")
def course_of(notebooks_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Course]:
    """Run a notebook of that name once, for all tests that read what came of it."""

    @cache
    def course_of(name: str) -> Course:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path_factory.mktemp("history") / "history.sqlite"))
            return run_course(notebooks_copy / name)

    return course_of
