"""The table of kinds of application says what the learner's own runs say, and where there is none, that."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from archive_samples import REQUESTS, sample

from helpers import archive
from helpers.choosing.kinds_of_application import KINDS, Section
from helpers.choosing.when_to_use import Reason, WhenToUse, when_to_use

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ONE_CALL = "For one call, all models are equal"
PLAIN_PAGE = "Leave a plain page alone"
FOUR_WAYS = "Four ways to hear the same news"
SECTIONS = [section for kind in KINDS for section in kind.sections]


def ran(label: str, *walls: float, requests: int = 1, **changes: Any) -> None:
    """So many runs under a label, in the history."""
    for wall in walls:
        archive.append(sample(label=label, wall=wall, server={"requests": requests}, **changes), REQUESTS)


def reason(table: WhenToUse, heading: str, nth: int = 0) -> Reason:
    """What the table says of a section's runs; of the nth of its lines that rest on that section."""
    return [one for _, reasons in table.rows for one in reasons if one.section.heading == heading][nth]


def test_with_an_empty_history_each_line_says_which_cells_make_its_run() -> None:
    table = when_to_use()
    reasons = [one for _, those in table.rows for one in those]
    assert len(table.rows) == len(KINDS) >= 7 and not any(one.backed for one in reasons)
    assert {one.words for one in reasons if not one.section.seen} == {"no run of yours yet; its cells make it."}
    html = table._repr_html_()
    assert html.count('<th scope="row"') == len(KINDS) and html.count('<th scope="col"') == 4
    assert html.count('href="') == len(reasons) and 'href="12_django.ipynb#cell-id=crud"' in html


def test_a_line_has_the_median_of_ones_own_runs_that_went_well() -> None:
    ran("list: def, WSGI", 1.0, 2.0, 3.0)
    ran("list: def, WSGI", 90.0, outcome="error: ValueError")
    ran("list: def, WSGI", 80.0, warm_up=True)
    ran("list: def, WSGI", 70.0, who="somebody else")
    ran("list: async def, ASGI", 5.0, configuration="as it was before")
    ran("list: async def, ASGI", 4.0)
    said = reason(when_to_use(), PLAIN_PAGE)
    assert said.backed
    assert said.words == "ten lists, `def` under WSGI: 2.00 s; `async def` under ASGI: 4.00 s."


def test_where_one_of_two_runs_is_missing_the_line_says_so() -> None:
    ran("list: def, WSGI", 2.0)
    ran("list: async def, ASGI", 9.0, outcome="interrupted")
    said = reason(when_to_use(), PLAIN_PAGE)
    assert said.words == "ten lists, `def` under WSGI: 2.00 s; `async def` under ASGI: no run yet."


def test_what_a_promptness_costs_is_counted_by_the_server() -> None:
    ran("server-sent events", 2.0, requests=20)
    ran("long polling", 2.0, requests=300)
    archive.append(sample(label="WebSocket", server=None), REQUESTS)  # one of which nobody counted
    table = when_to_use()
    assert reason(table, FOUR_WAYS, 0).words == "server-sent events: 20 requests; polling every 50 ms: no run yet."
    assert reason(table, FOUR_WAYS, 1).words == "long polling: 300 requests; a WebSocket: no run yet."


@pytest.mark.parametrize(
    ("medians", "words"),
    [
        ({"plain sync": 0.2, "threads": 0.25, "asyncio": 0.3}, "plain sync 200 ms, best of the others 1.25x."),
        ({"threads": 0.25, "asyncio": 0.3}, "plain sync was not measured beside another."),
        ({"plain sync": 0.25}, "plain sync was not measured beside another."),
    ],
)
def test_what_was_measured_on_the_page_stands_beside_the_others(medians: dict[str, float], words: str) -> None:
    seen: Any = SimpleNamespace(workload="1 call", medians=medians)
    said = reason(when_to_use({ONE_CALL: [("plain sync", seen)] * 2}), ONE_CALL)
    assert said.backed and said.words == f"1 call: {words} 1 call: {words}"


def test_a_heading_that_no_line_rests_on_is_refused() -> None:
    seen: Any = SimpleNamespace(workload="1 call", medians={})
    for heading in ("For one call", PLAIN_PAGE):
        with pytest.raises(ValueError, match=f"no line rests on '{heading}'.*{ONE_CALL}"):
            when_to_use({heading: [("plain sync", seen)]})


def test_all_of_it_is_in_the_text_too() -> None:
    text = repr(when_to_use())
    assert len(text.splitlines()) == len(KINDS)
    assert all(kind.take in text and kind.otherwise in text for kind in KINDS)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.heading)
def test_a_line_leads_to_a_section_that_makes_its_runs(section: Section) -> None:
    cells = json.loads((NOTEBOOKS / f"{section.notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    head = next("".join(cell["source"]) for cell in cells if cell["id"] == section.cell)
    assert re.match(rf"## {re.escape(section.heading)} · (core|more)\n", head)
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    for figure in section.figures:  # "fan-out: gathered" is made of two parts
        assert [part for part in figure.label.split(": ") if part not in code] == []
    assert section.figures or section.seen or f'"{section.heading}": [' in code  # given to the table
