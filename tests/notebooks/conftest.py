"""Fixtures that the tests of the notebooks share."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cells import NOTEBOOKS


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
