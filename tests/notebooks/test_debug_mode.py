"""Chapter 06 switches asyncio's debug mode on for a moment: what runs after that moment is not told of."""

import asyncio
import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "06_blocking_the_loop.ipynb"


def test_a_long_rest_of_the_cell_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """As on a busy machine: it would stand in JupyterLab's log, belonging to no cell."""
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]}
    names: dict[str, Any] = {}
    exec("\n".join([cells["setup"], cells["debug-mode-on"]]), names)

    async def cell() -> str:
        async with names["debug_mode"](slow=0.01) as said:
            await asyncio.sleep(0)  # a step that begins in debug mode
            time.sleep(0.02)
            await asyncio.sleep(0)
        caplog.clear()
        time.sleep(0.15)  # a tenth of a second is what asyncio calls slow, unless told
        told: str = said.getvalue()
        return told

    with caplog.at_level(logging.WARNING, "asyncio"):
        told = asyncio.run(cell())
    assert "Executing <Task" in told, "it was on"
    assert caplog.messages == []
