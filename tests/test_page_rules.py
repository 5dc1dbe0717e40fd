"""Every rule lets a good page pass and finds its breach in a bad one; minutes and names of sections are counted."""

from collections.abc import Callable
from typing import Any

import page_rules as rules
import pytest
from course_sections import chapter_minutes, minutes_in_words, plain_title, sections
from format_notebooks import source_of
from section_needs import missing_names


def page(*texts: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A notebook: what begins with #, ** or a capital letter is Markdown, all else code."""
    cells = []
    for number, text in enumerate(texts):
        kind = "markdown" if text[0] in "#*" or text[0].isupper() else "code"
        cells.append({"cell_type": kind, "id": f"the-{number}", "metadata": {"tags": list(tags)}, "source": text})
    return {"cells": cells}


GOOD = page(
    "# A title",
    "import requests\nfrom helpers import side_by_side",
    "## Waits · core",
    "run = requests.get('a', timeout=5)\nside_by_side(run, run)",
    "## In short",
    "Next: [Two](two.ipynb).",
)


@pytest.mark.parametrize(
    ("rule", "bad", "named"),
    [
        (
            rules.dropped_displays,
            page("side_by_side(a, b)\nprint(1)"),
            "the-0: side_by_side(a, b) is not",
        ),
        (rules.dropped_displays, page("run\nprint(1)"), "the-0: run is not"),
        (rules.dropped_displays, page("run.timeline()\nx = 1"), "run.timeline()"),
        (rules.dropped_displays, page("await trials({})\nx = 1"), "await trials({})"),
        (rules.cell_ids_in_prose, page("x = 1", "In `the-0` change it."), "the-1: `the-0`"),
        (rules.no_way_on, page("# One", "## In short", "The end. Next: nothing."), "'In short'"),
        (rules.without_mark, page("# One", "## Waits"), "'Waits'"),
        (rules.given_guesses, page("with measure('a', predict=0.5):\n    pass"), "the-0: predict=0.5"),
        (rules.unanswered_knobs, page("**Turn a knob.** `a` becomes `b`. How many?"), "the-0"),
        (rules.without_timeout, page("requests.get(url)"), "the-0: requests.get(url)"),
        (rules.without_timeout, page("asyncio.to_thread(requests.get, url)"), "to_thread(requests.get, url)"),
        (rules.without_timeout, page("with requests.Session() as mine:\n    mine.post(url)"), "mine.post(url)"),
        (rules.without_timeout, page("get = sync_to_async(requests.get)\nget(url)"), "get(url)"),
        (rules.without_timeout, page("%%writefile a.py\nrequests.get(url)"), "requests.get(url)"),
        (rules.without_timeout, page("urlopen(url)"), "urlopen(url)"),
        (rules.without_timeout, page("Look:\n```python\nrequests.get(url)\n```"), "requests.get(url)"),
    ],
)
def test_rule(rule: Callable[[rules.Notebook], list[str]], bad: rules.Notebook, named: str) -> None:
    assert rule(GOOD) == []
    (breach,) = rule(bad)
    assert named in breach


@pytest.mark.parametrize(
    "sound",
    [
        page("display(run)\nprint(1)"),
        page("'a docstring'\nx = 1"),
        page("requests.get(url)", tags=("no-timeout",)),
        page("asyncio.to_thread(requests.get, url, timeout=5)"),
        page("get = sync_to_async(requests.get)\nget(url, timeout=5)"),
        page("**Turn a knob.** `a?`\n\n**Turn a knob.** Why?\n\n<details>So.</details>"),
        page("session.get(url)"),  # aiohttp's, which has a default
        page("with measure('a', predict=...):\n    timing = %timeit -o work()"),
    ],
)
def test_what_is_sound_passes(sound: rules.Notebook) -> None:
    assert not rules.unanswered_knobs(sound)
    assert not rules.dropped_displays(sound) + rules.given_guesses(sound) + rules.without_timeout(sound)


def test_minutes_are_counted() -> None:
    words = " ".join(["Word"] * 298)
    cells = page(
        "# One", "x = 1", f"## Waits · core\n{words}", "## Other · more", "y", "## Your turn", "### 1. Do", "z"
    )
    parts = sections(cells["cells"])
    assert [(part.title, part.mark) for part in parts[1:]] == [("Waits", "core"), ("Other", "more"), ("Your turn", "")]
    assert parts[1].minutes == pytest.approx(302 / 150)
    assert parts[3].minutes == 3
    assert chapter_minutes(cells["cells"]) == (5, 3, 5)
    said = "5 minutes for the core path, 3 for the exercises, 5 for what is marked “more”"
    assert minutes_in_words(cells["cells"]) == said
    assert plain_title("Waits · core") == plain_title("Waits") == "Waits"


def test_the_formatter_states_the_minutes() -> None:
    import json

    from format_notebooks import formatted

    cells = page("# One\n\n*99 minutes · next: two*", "x = 1")["cells"]
    for cell in cells:
        cell |= {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}
    text = formatted(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert "*5 minutes for the core path, 0 for the exercises · next: two*" in source_of(json.loads(text)["cells"][0])
    assert formatted(text) == text


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (["# One", "x = 1", "## A · core", "print(x)"], []),
        (["# One", "## A · core", "y = 1", "## B · core", "print(y)"], ["'B' uses y"]),
        (["# One", "## A · core", "y = 1", "## B · core", 'This section needs the cells of "A".', "print(y)"], []),
        (["# One", "## A · core", "y = 1", "## In short", "print(y)"], []),
        (["# One", "## A · more", "y = 1", "## In short", "print(y)"], ["'In short' uses y"]),
        (["# One", "## A · core", "def f():\n    return later\n\nlater = 1"], []),
        (["# One", "## A · core", "async def f(a):\n    b = a\n    return b + c"], ["'A' uses c"]),
        (["# One", "## A · core", "numbers = sorted(numbers)"], ["'A' uses numbers"]),
        (["# One", "## A · core", "try:\n    task.cancel()\nexcept NameError:\n    pass\ntask = 1"], []),
        (["# One", "## A · core", "[n for n in range(3)]\nwith open(1) as f:\n    f.read()"], []),
        (["# One", "## A · core", 'This section needs the cells of "B".'], ["'A' needs 'B', which is no heading"]),
    ],
)
def test_names_that_a_section_lacks(cells: list[str], missing: list[str]) -> None:
    found = missing_names(sections(page(*cells)["cells"]))
    assert len(found) == len(missing)
    assert all(breach.startswith(said) for breach, said in zip(found, missing, strict=True))
