"""Which names a section of a notebook uses that neither it nor the set-up makes.

Whoever enters a chapter in the middle runs the set-up cells and the section's own, and no others. Where a section
builds on another its first paragraph says so: This section needs the cells of "Another heading".
"""

import ast
import builtins
import re
from collections.abc import Iterable, Sequence

from course_sections import Section

from helpers.code.names_used import binds, free_in, reads

NEEDS = re.compile(r"This section needs the cells of ((?:\"[^\"]+\"(?:,? and |, )?)+)")
ALWAYS_THERE = {*dir(builtins), "display", "get_ipython", "In", "Out", "_"}


def tree_of(source: str) -> ast.Module:
    """The code of a cell as Python. Of a magic only its own line is left out; `%%writefile` is no code of this page."""
    if source.startswith("%%"):
        return ast.Module([], [])
    lines = [re.sub(r"^(\s*)(?:(\w+) = )?[%!].*", r"\1\2 = None", line) for line in source.splitlines()]
    lines = [re.sub(r"^(\s*) = None$", r"\1pass", line) for line in lines]
    tree = compile("\n".join(lines), "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.Module)
    return tree


def bound_by(sources: Iterable[str]) -> set[str]:
    """The names that cells leave behind."""
    trees = [tree_of(source) for source in sources]
    inside = {name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    return binds(trees, inside_functions=False) | inside


def missing_in(sources: Sequence[str], there: set[str]) -> set[str]:
    """The names that cells, run from top to bottom, use and have not got; `there`: what there is before the first.

    What a function reads it needs only when it is called, so a later cell may bring it.
    """
    have, missing = set(there), set()
    later = there | bound_by(sources)
    for source in sources:
        for statement in tree_of(source).body:
            if _bears_a_missing_name(statement):
                pass  # the first run of a cell that cancels what its last one has started
            elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                own = {name for node in ast.walk(statement) if isinstance(node, _DEFINITIONS) for name in binds([node])}
                missing |= set(free_in(statement)) - own - later
            else:
                missing |= set(reads([statement])) - (binds([statement]) - _read_first(statement)) - have
            have |= binds([statement], inside_functions=False)
    return missing


_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef


def _bears_a_missing_name(statement: ast.stmt) -> bool:
    match statement:
        case ast.Try(handlers=[*_, ast.ExceptHandler(type=ast.Name(id="NameError"))]):
            return True
        case ast.With(items=[ast.withitem(context_expr=ast.Call(args=[ast.Name(id="NameError")]))]):
            return True
    return False


def _read_first(statement: ast.stmt) -> set[str]:
    """Names that a statement reads before it binds them, such as the list in `numbers = sorted(numbers)`."""
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
        value = [statement.value] if statement.value is not None else []
        read = set(reads(value)) - binds(value)
        return read | (set(reads([statement.target])) if isinstance(statement, ast.AugAssign) else set())
    return set()


def needed_sections(section: Section) -> list[str]:
    """The headings of the sections that this one says it needs."""
    said = NEEDS.search(" ".join(" ".join(section.texts("markdown")).split()))
    return re.findall(r"\"([^\"]+)\"", said[1]) if said else []


def missing_names(parts: Sequence[Section], set_up: int = 1) -> list[str]:
    """Say of each section which names it uses that are not there when it is entered: the breaches of the rule.

    `set_up`: how many sections at the top everybody runs. "In short" may use what the core sections make.
    """
    by_title = {part.title: part for part in parts}
    there = ALWAYS_THERE | {name for part in parts[:set_up] for name in bound_by(part.texts("code"))}
    breaches = []
    for part in parts[set_up:]:
        have = set(there)
        if part.title == "In short":
            have |= {name for other in parts if other.mark != "more" for name in bound_by(other.texts("code"))}
        for title in needed_sections(part):
            if title not in by_title:
                breaches.append(f"{part.title!r} needs {title!r}, which is no heading of this page")
            else:
                have |= bound_by(by_title[title].texts("code"))
        missing = missing_in(part.texts("code"), have)
        if missing:
            breaches.append(f"{part.title!r} uses {', '.join(sorted(missing))}")
    return breaches
