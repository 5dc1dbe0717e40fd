"""Show a view as it stands in the project's file, which is the one that runs."""
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import ast
from pathlib import Path

from helpers.code.sources import parse
from helpers.page.card import card, quiet
from helpers.page.colours import BLUE, GROUND, INK

PROJECT = Path(__file__).parent


class Source:
    """Some functions or classes of one file of the project; shows itself in colour as the last line of a cell."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        # A dark theme would have the ground of a <pre> dark, under ink that is made for a light one.
        ground = f"background:{GROUND};color:{INK}"
        formatter = HtmlFormatter(noclasses=True, style="default", nobackground=True, prestyles=ground)
        code = highlight(self.text, PythonLexer(), formatter)
        return card("source-card", BLUE, quiet(self.file), f'<div style="overflow-x:auto">{code}</div>')


def show_source(module: str, *names: str) -> Source:
    """Show functions or classes of a file of the Django project, as they are written there.

    Args:
        module: the file, such as "views/waiting.py", within helpers/servers/django_project.
        names: such as "blocking"; all that the file defines at its top unless told otherwise.

    Raises:
        ValueError: there is no such file, or it does not define the name.
    """
    path = PROJECT / module
    if not path.is_file():
        files = sorted(file.relative_to(PROJECT).as_posix() for file in PROJECT.rglob("*.py"))
        raise ValueError(f"the project has no file {module!r}; it has {', '.join(files)}")
    text = path.read_text(encoding="utf-8")
    tree = parse(text)
    defined = {
        node.name: node
        for node in (tree.body if tree is not None else [])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    if missing := [name for name in names if name not in defined]:
        raise ValueError(f"{module} does not define {missing[0]!r}; it defines {', '.join(defined)}")
    lines = text.splitlines()
    pieces = []
    for name in names or defined:
        node = defined[name]
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        pieces.append("\n".join(lines[first - 1 : node.end_lineno]))
    return Source(f"helpers/servers/django_project/{module}", "\n\n\n".join(pieces) + "\n")
