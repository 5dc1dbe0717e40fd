"""What a cell shows, as text: what is printed, what a table or a card says, what a chart is called."""

import re
from collections.abc import Iterable

from html_text import text_of_html
from kernel_session import Execution, Message

ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RICHEST_FIRST = ("text/html", "text/markdown", "text/latex", "text/plain")
"""JupyterLab shows one form of a value: the first of these that it has."""


def shown_by(execution: Execution) -> str:
    """Return the text of what one run of a cell shows. A display that was updated counts as it is in the end."""
    shown = ""
    for kind, content in _as_in_the_end(execution):
        text = _text(kind, content)
        if kind == "stream":  # a line may come in pieces
            shown += text
        elif text:
            shown += "\n" * (shown[-1:] not in ("", "\n")) + text + "\n"
    return shown.strip()


def said(executions: Iterable[Execution]) -> dict[str, str]:
    """Return by id what the newest run of each cell shows."""
    return {execution.cell.id: shown_by(execution) for execution in executions}


def cards(execution: Execution) -> list[str]:
    """Return the text of each run's card that a cell shows."""
    pages = (content.get("data", {}).get("text/html", "") for _, content in _as_in_the_end(execution))
    return [text_of_html(page) for page in pages if 'class="run-card"' in page]


def _as_in_the_end(execution: Execution) -> list[tuple[str, Message]]:
    displays: dict[str, int] = {}
    kept: list[tuple[str, Message]] = []
    for kind, content in execution.outputs:
        name = content.get("transient", {}).get("display_id")
        if kind == "update_display_data":
            if name in displays:
                kept[displays[name]] = kind, content
            continue
        if name is not None:
            displays[name] = len(kept)
        kept.append((kind, content))
    return kept


def _text(kind: str, content: Message) -> str:
    if kind == "stream":
        return str(content["text"])
    if kind == "error":
        return ANSI_COLOUR.sub("", "\n".join([*content["traceback"], f"{content['ename']}: {content['evalue']}"]))
    data = content.get("data", {})
    form = next((form for form in RICHEST_FIRST if form in data), "")
    text = str(data.get(form, ""))
    return text_of_html(text) if form == "text/html" else text
