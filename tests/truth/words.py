"""What a run says in words, and whether card, `print(run)`, both charts and both tables say the same."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

import pandas

from helpers.charts.requests import in_words as of_requests
from helpers.charts.tasks import in_words as of_tasks
from helpers.charts.tasks.facts import task_facts
from helpers.runs import Run
from helpers.runs.card import card

GIVEN_UP = {"CancelledError": "cancelled", "unfinished": "unfinished"}
"""The errors by which a client gives a request up, and what they are called: such a one has not failed."""
NOUNS = {"task": "tasks", "job": "jobs in threads", "thread": "threads"}
"""What the card calls the kinds of rows."""
Numbers = dict[str, int]


def sentences(run: Run) -> tuple[str, str]:
    """What the charts of tasks and of requests say, without drawing them."""
    panel = run.panel()
    requests = of_requests.sentence(panel)
    if panel.activity is None:
        return requests, requests
    return of_tasks.sentence(panel, panel.activity, task_facts(panel.activity)), requests


def judge_words(run: Run, tasks_sentence: str, requests_sentence: str) -> list[str]:
    """Every number in words that is not the one of the tables."""
    html, right = card(run), _of_tables(run)
    several = right.requests["requests"] > 1 and right.server
    return [
        *_differ("the card's requests", _figures(_figure(html, "requests")), right.requests),
        *_differ("the requests' sentence", _of_requests(requests_sentence), right.requests),
        *(_differ("in flight", _in_flight(requests_sentence), {"peak": right.server["peak"]}) if several else []),
        *_differ("the card's rows", _rows(html), right.kinds),
        *_differ("the tasks' sentence", _of_tasks(tasks_sentence), right.headline),
        *_differ("beside them", _beside(tasks_sentence), right.beside if "task" in right.headline else {}),
        *_differ("what became of them", _ends(tasks_sentence), right.ends),
        *_differ("what only the server saw", _unrecorded(tasks_sentence), right.unrecorded),
        *_differ("print(run)", _of_repr(repr(run)), _without_connections(right)),
        *_differ("the card's server", _server(html), right.server),
    ]


def _differ(where: str, said: Numbers, right: Numbers) -> Iterator[str]:
    said, right = +Counter(said), +Counter(right)  # nought need not be said
    if said != right:
        yield f"{where}: {dict(said)}, where the tables have {dict(right)}"


class Right(NamedTuple):
    """The numbers of the tables.

    ``headline`` is what a chart of tasks counts: tasks before jobs, jobs before threads, threads before requests;
    ``ends``, what became of these; ``beside``, what it tells beside its tasks; ``unrecorded``, the requests that only
    the server saw. Nothing is said of a server that was not asked.
    """

    requests: Numbers
    kinds: Numbers
    headline: Numbers
    beside: Numbers
    ends: Numbers
    unrecorded: Numbers
    server: Numbers


def _of_tables(run: Run) -> Right:
    requests, every = _requests(run.requests), run.tasks
    tasks = every[~every["library"]]  # what libraries do is not counted
    kinds = Counter(tasks["kind"][1:])
    if run.panel().activity is None:  # then the requests are drawn
        kinds = Counter(request=requests["requests"])
    first = next((kind for kind in (*NOUNS, "request") if kinds[kind]), "")
    ends = Counter(tasks["outcome"][tasks["kind"] != "request"])
    headline = {first: kinds[first]} if first else {}
    if first == "request":  # of all, also of those that only the server saw
        headline = {first: requests["requests"]}
        ends = Counter(error=requests["failed"], cancelled=requests["cancelled"], pending=requests["unfinished"])
    server = run.server if run.server is not None and run.server.requests else None
    return Right(
        requests,
        {kind: kinds[kind] for kind in NOUNS},
        headline,
        {"job": kinds["job"], "thread": kinds["thread"], "library job": len(every) - len(tasks)},
        {end: ends[end] for end in ("error", "cancelled", "pending")},
        {"requests": int((run.requests["library"] == "server").sum()) if run.panel().activity is not None else 0},
        {} if server is None else {"peak": server.peak, "connections": server.connections},
    )


def _requests(table: pandas.DataFrame) -> Numbers:
    """How many there are, and what became of those that did not succeed."""
    lost = Counter(GIVEN_UP.get(error, "failed") for error in table["error"][~table["ok"]])
    return {"requests": len(table)} | {word: lost[word] for word in ("failed", *GIVEN_UP.values())}


def _without_connections(right: Right) -> Numbers:
    numbers = {"requests": right.requests["requests"]} | right.server
    return {name: number for name, number in numbers.items() if name != "connections"}


# --- what is said -----------------------------------------------------------------------------------------------------


def _figure(html: str, name: str) -> str:
    """The figure under a name on the card; an empty text where there is none."""
    found = re.search(rf">{re.escape(name)}</div><div[^>]*>([^<]*)<", html)
    return unescape(found[1]) if found else ""


def _figures(figure: str) -> Numbers:
    """The numbers of ``"5 (2 failed, 1 cancelled)"``."""
    all_of_them = re.match(r"[\d,]+", figure)
    told = {word: _int(number) for number, word in re.findall(r"([\d,]+) (failed|cancelled|unfinished)", figure)}
    return told | {"requests": _int(all_of_them[0]) if all_of_them else 0}


def _rows(html: str) -> Numbers:
    return {kind: _int(_figure(html, name) or "0") for kind, name in NOUNS.items()}


def _server(html: str) -> Numbers:
    told = {"peak": _figure(html, "server: at most in flight"), "connections": _figure(html, "server: connections")}
    return {name: _int(figure) for name, figure in told.items() if figure}


def _of_requests(sentence: str) -> Numbers:
    begins = re.match(r"([\d,]+) requests?(?: \([\d,]+ further attempts? among them\))? took", sentence)
    return {"requests": _int(begins[1]) if begins else 0} | {
        word: _how_many(word, sentence) for word in ("failed", "cancelled", "unfinished")
    }


def _in_flight(sentence: str) -> Numbers:
    """What the sentence says of the server's count: its own number, or that it is the client's."""
    for told in (
        r"The server counted at most ([\d,]+)",
        r"up to ([\d,]+) were in flight",
        r"at most (1) was in flight",
    ):
        found = re.search(told, sentence)
        if found:
            return {"peak": _int(found[1])}
    return {}


def _how_many(word: str, sentence: str) -> int:
    """The number of ``"2 of 5 failed"``, ``"1 of 5 was unfinished"`` and ``"It was cancelled"``."""
    found = re.search(rf"([\d,]+) (?:of [\d,]+ )?(?:was |were )?{word}", sentence)
    return _int(found[1]) if found else int(re.search(rf"It (?:was )?{word}", sentence) is not None)


def _of_tasks(sentence: str) -> Numbers:
    found = re.match(r"([\d,]+) (task|job|thread|request)s? took", sentence)
    return {found[2]: _int(found[1])} if found else {}


def _beside(sentence: str) -> Numbers:
    """The numbers of ``"4 tasks took 1 s, with 2 jobs in threads, 1 thread beside the loop and 1 library job"``."""
    told = {"job": "jobs? in threads", "thread": "threads? beside the loop", "library job": "library jobs?"}
    found = {kind: re.search(rf"([\d,]+) {words}", sentence) for kind, words in told.items()}
    return {kind: _int(number[1]) for kind, number in found.items() if number and re.match(r"[\d,]+ tasks?", sentence)}


def _unrecorded(sentence: str) -> Numbers:
    found = re.search(r"The server (?:alone )?saw ([\d,]+)", sentence)
    return {"requests": _int(found[1])} if found else {}


def _ends(sentence: str) -> Numbers:
    words = {"error": "failed", "cancelled": "cancelled", "pending": "(?:still pending|unfinished)"}
    return {end: _how_many(word, sentence) for end, word in words.items()}


def _of_repr(text: str) -> Numbers:
    requests = re.search(r"([\d,]+) requests?\b", text)
    peak = re.search(r"at most ([\d,]+) in flight", text)
    return {"requests": _int(requests[1]) if requests else 0} | ({"peak": _int(peak[1])} if peak else {})


def _int(figure: str) -> int:
    return int(figure.replace(",", ""))
