"""What a run depended on, code and values, without the secrets in it."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from typing import Any, TypeVar

from helpers.code.masking import GAP, Key, Mask, names_what_follows
from helpers.code.nodes import (
    first_secret,
    if_secret,
    last_text,
    name_of,
    names_before,
    secret_in,
    text_of,
    variables_in,
)
from helpers.code.secret_names import is_secret, may_be_number
from helpers.code.secret_takers import Takers, takers_in_all
from helpers.code.sources import parse
from helpers.code.template_places import secrets_of_format, secrets_of_percent

_PLACES = {"get", "getenv", "getpass", "input", "pop", "open", "encode", "decode"}
"""Functions whose first argument says where a secret is to be had, and is none: ``os.getenv("TOKEN", "abc")``."""
_PUTTING = {"set", "update", "setdefault", "append", "add", "extend"}
"""Methods that put their arguments into what they belong to: ``session.cookies.set("a", "b")``."""

Node = TypeVar("Node", bound=ast.AST)


def masked(parts: Mapping[str, str], key: Key | None) -> dict[str, str]:
    """The parts of a configuration (see `helpers.code.configuration`) without secrets: each has become a mark.

    With a key another secret gets another mark, so that it is still seen as a change. What is masked already stays.
    """
    mask, takers = Mask(key), takers_in_all(parts.values())
    given = {name for text in parts.values() for name in _given_as_secrets(text, mask, takers)}
    return {name: _masked(name, text, mask, takers, _own(name) in given) for name, text in parts.items()}


def _own(name: str) -> str:
    """The name of a part in its code: another one of that name carries its file's too."""
    return name.partition(" (")[0]


@lru_cache(maxsize=1000)
def _given_as_secrets(text: str, mask: Mask, takers: Takers) -> tuple[str, ...]:
    """The variables that code gives to what is named as a secret: `x` in ``headers={"Authorization": x}``."""
    if not _may_hold_any(text, mask, takers):
        return ()
    tree, masker = parse(text), _Masker(mask, dict(takers))
    for statement in tree.body if tree is not None else ():
        masker.visit(deepcopy(statement))
    return tuple(masker.given)


def _may_hold_any(text: str, mask: Mask, takers: Takers) -> bool:
    return mask.finds_signs(text) or any(taker in text for taker, _ in takers)


@lru_cache(maxsize=1000)
def _masked(name: str, text: str, mask: Mask, takers: Takers, is_given: bool) -> str:
    own = _own(name)
    hidden = is_given or is_secret(own)
    if not hidden and not _may_hold_any(text, mask, takers):
        return text
    tree = parse(text)
    if tree is None:  # such as "text of 812 characters (a1b2c3)"
        return mask.text(text)
    masker = _Masker(mask, dict(takers))
    is_value = len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)
    # A part that is code has its secrets by the names in it: a function `get_token` is none.
    with masker.within(own if hidden and is_value else ""):
        statements = [ast.unparse(masker.visit(deepcopy(statement))) for statement in tree.body]
    return "\n".join(statements) if masker.found else text


class _Masker(ast.NodeTransformer):
    """Masks the constants of code; those that a name calls secret, and in all others what is known by its look.

    Attributes:
        found: whether there was anything to mask.
        given: the variables that are given to what is named as a secret.
    """

    def __init__(self, mask: Mask, takers: Mapping[str, Sequence[str]]) -> None:
        self.found, self.given = False, set[str]()
        self._mask, self._takers = mask, takers
        self._name = ""  # that calls secret what is visited now; empty for none
        self._function = ""  # the one that is being visited, where its name says that it returns a secret

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """What is visited meanwhile is a secret of that name; with an empty one it is none."""
        before, self._name = self._name, name
        try:
            yield
        finally:
            self._name = before

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.copy_location(ast.Constant(self._without(node.value)), node)

    def _without(self, value: Any) -> Any:
        if isinstance(value, str):
            hidden: str | bytes = self._mask.secret(value) if self._name else self._mask.text(value)
        elif isinstance(value, bytes):
            text = value.decode("latin-1")
            hidden = (self._mask.secret(text) if self._name else self._mask.text(text)).encode("latin-1")
        elif self._name and may_be_number(self._name) and type(value) in (int, float):
            hidden = self._mask.secret(str(value))
        else:
            return value
        self.found |= hidden != value
        return hidden

    def visit_JoinedStr(self, node: ast.AST) -> ast.AST:
        """An f-string: its texts are read as one, since a secret's name and the secret may stand in two of them."""
        values = node.values  # type: ignore[attr-defined]
        if any(GAP in str(part.value) for part in values if isinstance(part, ast.Constant)):
            return self.generic_visit(node)
        texts = [str(part.value) if isinstance(part, ast.Constant) else GAP for part in values]
        pieces = str(self._without("".join(texts))).split(GAP)
        names = names_before(texts)
        put_in = [
            self._named(part, name)
            for part, name in zip(values, names, strict=True)
            if not isinstance(part, ast.Constant)
        ]
        for part in put_in:
            if hasattr(part, "str"):  # of a t-string: its source, which is written out again
                part.str = ast.unparse(part.value)
        said = [ast.Constant(piece) for piece in pieces]
        woven = [part for pair in zip(said, [*put_in, None], strict=True) for part in pair]
        node.values = [  # type: ignore[attr-defined]
            part for part in woven if part is not None and getattr(part, "value", None) != ""
        ]
        return node

    visit_TemplateStr = visit_JoinedStr

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        return self._bound(node, node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return self._bound(node, [node.target])

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        return self._bound(node, [node.target])

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        return self._bound(node, [node.target])

    def _bound(
        self, node: "ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr", to: Sequence[ast.AST]
    ) -> ast.AST:
        for target in to:
            with self.within(""):
                self.visit(target)  # `session.headers["Authorization"]`: the key is kept
        if node.value is not None:
            one = len(to) == 1
            node.value = self._given(to[0], node.value) if one else self._visited(node.value, first_secret(to))
        return node

    def _given(self, target: ast.AST, value: ast.expr) -> ast.expr:
        """The value without what its target calls a secret; of ``user, password = "me", "abc"`` each by its own."""
        match target, value:
            case ast.Tuple(elts=targets) | ast.List(elts=targets), ast.Tuple(elts=values) | ast.List(elts=values):
                if len(targets) == len(values):
                    value.elts = [self._given(*pair) for pair in zip(targets, values, strict=True)]
                    return value
        return self._visited(value, secret_in(target))

    def _visited(self, node: Node, name: str) -> Node:
        """The node, as a secret of that name; with an empty one as whatever it is in the midst of."""
        if name:
            self.given.update(variables_in(node))
        with self.within(name or self._name):
            visited: Node = self.visit(node)
        return visited

    def _named(self, node: Any, name: str) -> Any:
        """The node, as a secret of that name; with an empty one as none."""
        if name:
            self.given.update(variables_in(node))
        with self.within(name):
            return self.visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._loop(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        return self._loop(node)

    def _loop(self, node: ast.For | ast.AsyncFor) -> ast.AST:
        node.iter = self._visited(node.iter, secret_in(node.target))
        node.body = [self.visit(statement) for statement in node.body]
        node.orelse = [self.visit(statement) for statement in node.orelse]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.iter = self._visited(node.iter, secret_in(node.target))
        node.ifs = [self.visit(test) for test in node.ifs]
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        placed = [*node.posonlyargs, *node.args]
        named = zip(placed[len(placed) - len(node.defaults) :], node.defaults, strict=True)
        node.defaults = [self._visited(value, if_secret(argument.arg)) for argument, value in named]
        node.kw_defaults = [
            None if value is None else self._visited(value, if_secret(argument.arg))
            for argument, value in zip(node.kwonlyargs, node.kw_defaults, strict=True)
        ]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function_named(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function_named(node)

    def _function_named(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        before, self._function = self._function, if_secret(node.name)
        self.generic_visit(node)
        self._function = before
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value is not None:
            node.value = self._visited(node.value, self._function)
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        values = []
        for key, value in zip(node.keys, node.values, strict=True):
            values.append(self._visited(value, if_secret(text_of(key))))
        with self.within(""):
            node.keys = [None if key is None else self.visit(key) for key in node.keys]
        node.values = values
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        return self._pair(node)

    def visit_List(self, node: ast.List) -> ast.AST:
        return self._pair(node)

    def _pair(self, node: ast.Tuple | ast.List) -> ast.AST:
        """A name and its value, as in ``headers=[("Authorization", "abc")]``."""
        name = if_secret(text_of(node.elts[0])) if len(node.elts) == 2 else ""
        if not name:
            return self.generic_visit(node)
        node.elts[1] = self._visited(node.elts[1], name)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        named, around = name_of(node.func), self._name
        takes = self._takers.get(named, [])  # `log_in("me", "abc")`, where it is `def log_in(user, password)`
        into = secret_in(node.func.value) if isinstance(node.func, ast.Attribute) and named in _PUTTING else ""
        if named == "format" and isinstance(node.func, ast.Attribute):
            self._format(node, text_of(node.func.value))
            return node
        node.func = self.visit(node.func)
        names = [if_secret(text_of(argument)) for argument in node.args]  # `os.putenv("API_KEY", "abc")`
        for place, argument in enumerate(node.args):
            before, is_name = names[place - 1] if place else "", place < len(names) - 1 and names[place]
            with self.within("" if is_name or (place == 0 and named in _PLACES) else around):
                taken = if_secret(takes[place]) if place < len(takes) else ""
                of = before or into or taken or if_secret(named)  # `BasicAuth("me", "abc")`
                node.args[place] = self.visit(argument) if is_name else self._visited(argument, of)
        with self.within(around or if_secret(named)):
            node.keywords = [self.visit(keyword) for keyword in node.keywords]
        return node

    def _format(self, node: ast.Call, template: str) -> None:
        """`"/login?token={}".format("abc")`: each argument by the name that stands before its place."""
        names = secrets_of_format(template)
        node.func = self.visit(node.func)
        node.args = [self._visited(each, names.get(str(place), "")) for place, each in enumerate(node.args)]
        for keyword in node.keywords:
            name = if_secret(keyword.arg or "") or names.get(keyword.arg or "", "")
            keyword.value = self._visited(keyword.value, name)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        node.value = self._visited(node.value, if_secret(node.arg or ""))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        with self.within(""):
            node.slice = self.visit(node.slice)  # `os.environ["TOKEN"]`
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """`"/login?token=" + "abc"`: the name may end one text, and the secret be the next."""
        if isinstance(node.op, ast.Mod) and text_of(node.left):
            return self._put_in(node)
        name = names_what_follows(last_text(node.left)) if isinstance(node.op, ast.Add) else ""
        node.left, node.right = self.visit(node.left), self._visited(node.right, name)
        return node

    def _put_in(self, node: ast.BinOp) -> ast.AST:
        """`"/login?token=%s" % "abc"`: each value by the name that stands before its place."""
        names = secrets_of_percent(text_of(node.left))
        node.left = self.visit(node.left)
        match node.right:
            case ast.Tuple(elts=values):
                node.right.elts = [self._visited(each, names.get(str(place), "")) for place, each in enumerate(values)]
            case ast.Dict(keys=keys, values=values):
                node.right.values = [
                    self._visited(each, if_secret(text_of(key)) or names.get(text_of(key), ""))
                    for key, each in zip(keys, values, strict=True)
                ]
            case value:
                node.right = self._visited(value, names.get("0", ""))
        return node

    def visit_Match(self, node: ast.Match) -> ast.AST:
        name = secret_in(node.subject)
        node.subject = self.visit(node.subject)
        for case in node.cases:
            with self.within(name or self._name):
                case.pattern = self.visit(case.pattern)
            case.guard = None if case.guard is None else self.visit(case.guard)
            case.body = [self.visit(statement) for statement in case.body]
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        """`case {"token": "abc"}`."""
        node.patterns = [
            self._visited(each, if_secret(text_of(key))) for key, each in zip(node.keys, node.patterns, strict=True)
        ]
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        """`case Login("me", password="abc")`."""
        takes = [*self._takers.get(name_of(node.cls), []), *[""] * len(node.patterns)]
        node.patterns = [self._visited(each, if_secret(name)) for each, name in zip(node.patterns, takes, strict=False)]
        named = zip(node.kwd_patterns, node.kwd_attrs, strict=True)
        node.kwd_patterns = [self._visited(each, if_secret(name)) for each, name in named]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        with self.within(""):
            node.test = self.visit(node.test)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        sides = [node.left, *node.comparators]
        name = first_secret(sides)
        node.left, *node.comparators = (self._visited(side, name) for side in sides)
        return node
