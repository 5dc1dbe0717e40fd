"""What nodes of code say: the text of a constant, the name of an expression, and which of them name a secret."""

import ast
from collections.abc import Sequence

from helpers.code.masking import names_what_follows
from helpers.code.secret_names import is_secret


def if_secret(name: str) -> str:
    """The name, if it says that it is a secret's; "" otherwise."""
    return name if is_secret(name) else ""


def variables_in(node: ast.AST) -> list[str]:
    """Those that are a value, or stand in it as they are: in an f-string, a sum, or a tuple of such."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.FormattedValue(value=value):
            return variables_in(value)
        case ast.JoinedStr(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [name for part in parts for name in variables_in(part)]
        case ast.BinOp(left=left, right=right):
            return [*variables_in(left), *variables_in(right)]
    return []


def text_of(node: ast.AST | None) -> str:
    """What a constant text, or one of bytes, says; "" for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(text)):
            return text.decode("latin-1")
    return ""


def last_text(node: ast.AST) -> str:
    """What the last text of a sum, or of an f-string, says."""
    match node:
        case ast.BinOp(right=last) | ast.JoinedStr(values=[*_, last]):
            return last_text(last)
    return text_of(node)


def names_before(texts: Sequence[str]) -> list[str]:
    """Of each piece of a text, the name of a secret with which what stands before it ends; "" for none."""
    return [names_what_follows(texts[place - 1]) if place else "" for place in range(len(texts))]


def first_secret(nodes: Sequence[ast.AST]) -> str:
    """The first name of a secret in any of them (`secret_in`); "" for none."""
    return next(filter(None, map(secret_in, nodes)), "")


def name_of(node: ast.AST) -> str:
    """The last name of an expression: of ``session.auth`` it is ``auth``, as of ``config["auth"]``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(str(name))):
            return name
        case ast.Starred(value=inner):
            return name_of(inner)
    return ""


def secret_in(node: ast.AST) -> str:
    """The name in a target, or on the way to it, that calls a secret what is given to it; "" for none."""
    if isinstance(node, ast.Tuple | ast.List):
        return first_secret(node.elts)
    if name := if_secret(name_of(node)):
        return name
    if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        return secret_in(node.value)
    return ""
