"""Small notebooks for the browser tests."""

import json
from pathlib import Path


def write_notebook(path: Path, cells: dict[str, str]) -> None:
    """Write a notebook of code cells, by id, with the kernel named, so that JupyterLab does not ask which to start."""
    made = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for name, source in cells.items()
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": made}
    path.write_text(json.dumps(notebook), encoding="utf-8")
