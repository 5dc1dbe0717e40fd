"""More rules of the house for notebooks: what a reader would be misled by, or copy to their harm.

Each function returns what breaks one rule, one sentence a breach.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from course_sections import sections
from notebook_rules import Notebook, cells
from section_needs import tree_of

SHOWN_BY_CALL = frozenset(
    {
        "Markdown", "arrivals", "chat_panel", "compare", "delivered", "delivery", "draw_steps", "explore", "knee",
        "latency", "latency_over_time", "noise", "predictions", "queue_lengths", "recommend", "side_by_side",
    }
)  # fmt: skip
SHOWN_BY_METHOD = frozenset({"head", "latency", "plot", "round", "tail", "timeline"})
VERBS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "request"})
FENCED_PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
UNMARKED = re.compile(r"Your turn|In your own project|In short")


def dropped_displays(notebook: Notebook) -> list[str]:
    """What is to be seen is a cell's last line, or given to `display`: Jupyter shows no other."""
    breaches = []
    for name, text in cells(notebook, "code"):
        for statement, _ in pairwise(tree_of(text).body):
            if isinstance(statement, ast.Expr) and _would_be_shown(statement.value):
                breaches.append(f"{name}: {ast.unparse(statement)[:60]} is not the last line, and is not shown")
    return breaches


def _would_be_shown(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name)):
            return name in SHOWN_BY_CALL
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in SHOWN_BY_METHOD
        case ast.Await(value=ast.Call(func=ast.Name(id=name))):
            return name == "trials"
    return isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.Tuple | ast.BinOp | ast.Dict)


def cell_ids_in_prose(notebook: Notebook) -> list[str]:
    """The id of a cell is nothing that a reader can see."""
    ids = {name for name, _ in cells(notebook, "code") if "-" in name}
    return [
        f"{name}: `{word}` is the id of a cell"
        for name, text in cells(notebook, "markdown")
        for word in re.findall(r"`([\w-]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
        if word in ids
    ]


def no_way_on(notebook: Notebook) -> list[str]:
    """A chapter's last section says what comes next, and leads there."""
    last = sections(notebook["cells"])[-1]
    end = "\n".join(last.texts("code") + last.texts("markdown"))
    return [] if re.search(r"Next: .*\]\([\w./#-]+\)", end) else [f"{last.title!r} has no line with “Next: [...](...)”"]


def without_mark(notebook: Notebook) -> list[str]:
    """Every section is core or more, but for the exercises and the end, which belong to both."""
    return [
        f"{part.title!r} ends neither in “ · core” nor in “ · more”"
        for part in sections(notebook["cells"])[1:]
        if not part.mark and not UNMARKED.match(part.title)
    ]


def given_guesses(notebook: Notebook) -> list[str]:
    """A guess is the learner's own: the page has a blank, `predict=...`, and never the answer."""
    return [
        f"{name}: predict={ast.unparse(keyword.value)}"
        for name, text in cells(notebook, "code")
        for keyword in ast.walk(tree_of(text))
        if isinstance(keyword, ast.keyword) and keyword.arg == "predict"
        if isinstance(keyword.value, ast.Constant) and keyword.value.value is not ...
    ]


def unanswered_knobs(notebook: Notebook) -> list[str]:
    """A knob that asks something has its answer folded below it."""
    return [
        f"{name}: {asked.strip()[:60]}"
        for name, text in cells(notebook, "markdown")
        for knob in text.split("**Turn a knob")[1:]
        for asked, answer, _ in [knob.partition("<details>")]
        if not answer and "?" in re.sub(r"`[^`]*`", "", asked)
    ]


def without_timeout(notebook: Notebook) -> list[str]:
    """Every request with `requests` or `urlopen` has a timeout, but in cells tagged "no-timeout", which teach it."""
    breaches = []
    for cell in notebook["cells"]:
        if "no-timeout" in cell["metadata"].get("tags", []):
            continue
        text = "".join(cell["source"])
        sources = FENCED_PYTHON.findall(text) if cell["cell_type"] == "markdown" else [text]
        breaches += [
            f"{cell.get('id')}: {request}" for source in sources for request in requests_without_timeout(source)
        ]
    return breaches


def requests_without_timeout(source: str) -> list[str]:
    """The requests in a piece of Python that may wait for ever, as they are written."""
    if source.startswith("%%writefile"):
        source = source.partition("\n")[2]
    tree = tree_of(source)
    sessions = {name.id for name in _sessions(tree)}
    wrapped = {name.id: made for name, made in _wrapped(tree, sessions)}  # get = sync_to_async(requests.get)
    found = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or any(keyword.arg in ("timeout", None) for keyword in call.keywords):
            continue
        given = any(_asks(part, sessions) for part in (call.func, *call.args)) and call not in wrapped.values()
        if given or (isinstance(call.func, ast.Name) and call.func.id in wrapped):
            found.append(ast.unparse(call)[:60])
    return found


def _asks(part: ast.expr, sessions: set[str]) -> bool:
    """Whether this is `requests.get` or the like, called or handed to somebody who calls it."""
    match part:
        case ast.Name(id="urlopen"):
            return True
        case ast.Attribute(value=ast.Name(id=owner), attr=verb):
            return verb in VERBS and (owner == "requests" or owner in sessions)
    return False


def _wrapped(tree: ast.AST, sessions: set[str]) -> Iterator[tuple[ast.Name, ast.Call]]:
    """The names that stand for such a function from then on, each with the call that made it so."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name() as name], value=ast.Call(func=ast.Name(), args=[part, *_]) as made):
                if _asks(part, sessions):
                    yield name, made


def _sessions(tree: ast.AST) -> Iterator[ast.Name]:
    """The names to which a Session of `requests` is given."""
    for node in ast.walk(tree):
        match node:
            case ast.withitem(context_expr=made, optional_vars=ast.Name() as name) if _is_session(made):
                yield name
            case ast.Assign(targets=[ast.Name() as name], value=made) if _is_session(made):
                yield name


def _is_session(made: ast.expr) -> bool:
    return isinstance(made, ast.Call) and ast.unparse(made.func) == "requests.Session"
