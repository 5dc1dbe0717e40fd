"""Idioms inside a function: the same work in other words."""

import ast
import builtins
import copy
from collections.abc import Callable

from idioms.written import Answer, Function, Idiom, Written, names_in, parsed, text

Block = list[ast.stmt]


def blocks(tree: ast.AST) -> list[Block]:
    """All lists of statements in a tree."""
    found = []
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                found.append(value)
    return found


def _changed(answer: Answer, change: Callable[[Block, int], Block | None]) -> Written | None:
    """Put what `change` makes of each statement in its place; None where it never made anything."""
    changes = 0
    for block in blocks(answer.tree):
        if block is answer.tree.body:
            continue
        at = 0
        while at < len(block):
            new = change(block, at)
            if new is not None:
                block[at : at + 1] = new
                changes += 1
                at += len(new) - 1
            at += 1
    return answer.in_one_cell() if changes else None


def renamed(answer: Answer) -> Written | None:
    """The function, its parameters and everything that it makes are called otherwise."""
    made: set[str] = set()
    taken = {keyword.arg for node in ast.walk(answer.tree) if isinstance(node, ast.Call) for keyword in node.keywords}
    taken |= {node.asname or node.name for node in ast.walk(answer.tree) if isinstance(node, ast.alias)}
    taken |= {*answer.given, *dir(builtins)}
    for node in ast.walk(answer.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, Function) or (isinstance(node, ast.ExceptHandler) and node.name):
            made.add(node.name)
        elif isinstance(node, ast.ClassDef | ast.MatchAs | ast.MatchStar):
            return None  # names within a class are attributes
    names = {name: f"my_{name}" for name in made - taken}
    for node in ast.walk(answer.tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = names.get(node.arg, node.arg)
        elif isinstance(node, Function) or (isinstance(node, ast.ExceptHandler) and node.name):
            node.name = names.get(str(node.name), str(node.name))
        elif isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [names.get(name, name) for name in node.names]
    return answer.in_one_cell()


def annotated(answer: Answer) -> Written | None:
    """With annotations, some of them of generics and some as texts, and a docstring."""
    kinds = ["Any", "'Sequence[str]'", "list[Any] | None", "Callable[..., Awaitable[Page]]"]
    for number, argument in enumerate(answer.function.args.args):
        argument.annotation = ast.parse(kinds[number % len(kinds)], mode="eval").body
    answer.function.returns = ast.parse("list[Page] | Any", mode="eval").body
    answer.function.body.insert(0, parsed('"""Answers the exercise.\n\n    Returns: what it asks for.\n    """')[0])
    first = "from collections.abc import Awaitable, Callable\nfrom typing import Any\n\nPage = dict[str, Any]\n"
    return Written([first, text(answer.tree)], answer.name)


MODULES = {"requests": "rq", "asyncio": "aio", "aiohttp": "http", "time": "clock", "sqlite3": "sql", "numpy": "np"}


def modules_by_other_names(answer: Answer) -> Written | None:
    """`import requests as rq`."""
    used = {node.id for node in ast.walk(answer.tree) if isinstance(node, ast.Name)} & {*MODULES}
    used -= {
        node.id for node in ast.walk(answer.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    if not used or names_in(answer.tree) & {MODULES[name] for name in used}:
        return None
    for node in ast.walk(answer.tree):
        if isinstance(node, ast.Name) and node.id in used:
            node.id = MODULES[node.id]
    return Written(
        ["".join(f"import {name} as {MODULES[name]}\n" for name in sorted(used)), text(answer.tree)], answer.name
    )


def names_of_modules(answer: Answer) -> Written | None:
    """`from asyncio import gather`."""
    known = names_in(answer.tree) | {*answer.given, *dir(builtins)}
    found: set[tuple[str, str]] = set()

    class Shorter(ast.NodeTransformer):
        def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
            self.generic_visit(node)
            home = node.value
            if isinstance(home, ast.Name) and home.id in MODULES and home.id in answer.given and node.attr not in known:
                found.add((home.id, node.attr))
                return ast.Name(node.attr, node.ctx)
            return node

    tree = Shorter().visit(answer.tree)
    imports = "".join(f"from {module} import {name}\n" for module, name in sorted(found))
    return Written([imports, text(tree)], answer.name) if found else None


def returned_by_name(answer: Answer) -> Written | None:
    """What is returned has a name first."""
    if any(isinstance(node, ast.Name) and node.id == "outcome" for node in ast.walk(answer.tree)):
        return None

    def change(block: Block, at: int) -> Block | None:
        match block[at]:
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
                return [ast.Assign([ast.Name("outcome", ast.Store())], value), ast.Return(ast.Name("outcome"))]
        return None

    return _changed(answer, change)


def awaited_in_two_lines(answer: Answer) -> Written | None:
    """What is awaited has a name first."""
    number = 0

    def change(block: Block, at: int) -> Block | None:
        nonlocal number
        match block[at]:
            case (ast.Return() | ast.Assign() | ast.Expr()) as statement if isinstance(statement.value, ast.Await):
                number += 1
                first = ast.Assign([ast.Name(f"coming{number}", ast.Store())], statement.value.value)
                statement.value.value = ast.Name(f"coming{number}")
                return [first, statement]
        return None

    return _changed(answer, change)


def _comprehension(statement: ast.stmt) -> ast.ListComp | ast.DictComp | None:
    match statement:
        case ast.Return(value=ast.ListComp() as made) | ast.Return(value=ast.DictComp() as made):
            return made
        case ast.Assign(targets=[ast.Name()], value=ast.ListComp() as made):
            return made
        case ast.Assign(targets=[ast.Name()], value=ast.DictComp() as made):
            return made
    return None


def loop_for_comprehension(answer: Answer) -> Written | None:
    """A loop with `append` where there was a comprehension."""
    number = 0

    def change(block: Block, at: int) -> Block | None:
        nonlocal number
        statement = block[at]
        made = _comprehension(statement)
        if made is None or any(isinstance(node, ast.Lambda) for node in ast.walk(made)):
            return None  # a lambda has names of its own
        number += 1
        collected = f"collected{number}"
        made = _with_other_targets(made, number)
        if isinstance(made, ast.DictComp):
            place = ast.Subscript(ast.Name(collected), made.key, ast.Store())
            inner: ast.stmt = ast.Assign([place], made.value)
            empty: ast.expr = ast.Dict([], [])
        else:
            inner = ast.Expr(ast.Call(ast.Attribute(ast.Name(collected), "append"), [made.elt], []))
            empty = ast.List([])
        for generator in reversed(made.generators):
            for test in reversed(generator.ifs):
                inner = ast.If(test, [inner], [])
            kind = ast.AsyncFor if generator.is_async else ast.For
            inner = kind(generator.target, generator.iter, [inner], [])
        assert isinstance(statement, ast.Return | ast.Assign)
        statement.value = ast.Name(collected)
        return [ast.Assign([ast.Name(collected, ast.Store())], empty), inner, statement]

    return _changed(answer, change)


def _with_other_targets(made: ast.ListComp | ast.DictComp, number: int) -> ast.ListComp | ast.DictComp:
    """A comprehension's own variables, which end with it, under names that nothing else has."""
    names = {
        node.id: f"{node.id}_{number}"
        for generator in made.generators
        for node in ast.walk(generator.target)
        if isinstance(node, ast.Name)
    }
    first = copy.deepcopy(made.generators[0].iter)  # it belongs to what is around
    for node in ast.walk(made):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    made.generators[0].iter = first
    return made


def comprehension_for_loop(answer: Answer) -> Written | None:
    """A comprehension where there was a loop with `append`."""

    def change(block: Block, at: int) -> Block | None:
        if at + 1 >= len(block):
            return None
        match block[at], block[at + 1]:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=[])),
                ast.For(
                    target=target, iter=source, orelse=[],
                    body=[ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id=called), attr="append"), args=[elt]))],
                ),
            ) if name == called and name not in names_in(elt) | names_in(source):  # fmt: skip
                del block[at + 1]
                made = ast.ListComp(elt, [ast.comprehension(target, source, [], 0)])
                return [ast.Assign([ast.Name(name, ast.Store())], made)]
        return None

    return _changed(answer, change)


def while_for_loop(answer: Answer) -> Written | None:
    """`while` and `next` where there was a `for`."""
    number = 0

    def change(block: Block, at: int) -> Block | None:
        nonlocal number
        match block[at]:
            case ast.For(target=ast.Name(id=target), iter=source, body=body, orelse=orelse):
                number += 1
                first = f"one_by_one{number} = iter(())\n"
                head = f"while ({target} := next(one_by_one{number}, NO_MORE)) is not NO_MORE:\n    pass\n"
                begin, loop = parsed(first + head)
                assert isinstance(begin, ast.Assign) and isinstance(begin.value, ast.Call)
                assert isinstance(loop, ast.While)
                begin.value.args[:] = [source]
                loop.body, loop.orelse = body, orelse
                return [begin, loop]
        return None

    written = _changed(answer, change)
    return written and Written(["NO_MORE = object()\n", *written.cells], written.expression)


def withs_split(answer: Answer) -> Written | None:
    """`async with a, b` as two."""

    def change(block: Block, at: int) -> Block | None:
        match block[at]:
            case (ast.With() | ast.AsyncWith()) as statement if len(statement.items) > 1:
                inner = type(statement)(statement.items[1:], statement.body)
                return [type(statement)(statement.items[:1], [inner])]
        return None

    return _changed(answer, change)


def withs_joined(answer: Answer) -> Written | None:
    """Two `async with`, one in the other, as one."""

    def change(block: Block, at: int) -> Block | None:
        match block[at]:
            case (ast.With(body=[ast.With() as inner]) | ast.AsyncWith(body=[ast.AsyncWith() as inner])) as outer:
                return [type(outer)([*outer.items, *inner.items], inner.body)]
        return None

    return _changed(answer, change)


def stack_for_with(answer: Answer) -> Written | None:
    """An `ExitStack` where there was a `with`."""

    def change(block: Block, at: int) -> Block | None:
        match block[at]:
            case (ast.With() | ast.AsyncWith()) as statement:
                is_async = isinstance(statement, ast.AsyncWith)
                call = "await opened.enter_async_context(None)" if is_async else "opened.enter_context(None)"
                entered: Block = []
                for item in statement.items:
                    (made,) = parsed(call)
                    assert isinstance(made, ast.Expr)
                    inner = made.value.value if isinstance(made.value, ast.Await) else made.value
                    assert isinstance(inner, ast.Call)
                    inner.args[:] = [item.context_expr]
                    target = item.optional_vars
                    entered.append(made if target is None else ast.Assign([target], made.value))
                stack = ast.withitem(
                    ast.Call(ast.Name("AsyncExitStack" if is_async else "ExitStack"), [], []),
                    ast.Name("opened", ast.Store()),
                )
                return [type(statement)([stack], [*entered, *statement.body])]
        return None

    if len([node for node in ast.walk(answer.tree) if isinstance(node, ast.With | ast.AsyncWith)]) != 1:
        return None  # one within another would need names for both
    written = _changed(answer, change)
    return written and Written(["from contextlib import AsyncExitStack, ExitStack\n", *written.cells], answer.name)


def formatted(answer: Answer) -> Written | None:
    """`format` where there was an f-string."""
    changes = 0

    class Formatted(ast.NodeTransformer):
        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
            nonlocal changes
            pieces, arguments = "", []
            for part in node.values:
                if isinstance(part, ast.Constant):
                    pieces += str(part.value).replace("{", "{{").replace("}", "}}")
                    continue
                assert isinstance(part, ast.FormattedValue)
                if part.format_spec is not None:
                    return node
                pieces += "{}" if part.conversion < 0 else f"{{!{chr(part.conversion)}}}"
                arguments.append(part.value)
            changes += 1
            return ast.Call(ast.Attribute(ast.Constant(pieces), "format"), arguments, [])

    tree = Formatted().visit(answer.tree)
    return Written([text(tree)], answer.name) if changes else None


def copied(answer: Answer) -> Written | None:
    """The lists among the arguments are copied, and then emptied."""
    lists = [name for name in answer.parameters if name in ("urls", "codes", "jobs", "lines", "numbers", "queries")]
    calls = {
        node.func.id for node in ast.walk(answer.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    lists = [name for name in lists if name not in calls]  # some are functions that return the list
    if not lists:
        return None
    source = "".join(f"copy_of_{name} = list({name})\n{name}.clear()\n{name} = copy_of_{name}\n" for name in lists)
    answer.function.body[:0] = parsed(source)
    return answer.in_one_cell()


def turned_around(answer: Answer) -> Written | None:
    """`if not` where there was an `if` with an `else`."""

    def change(block: Block, at: int) -> Block | None:
        match block[at]:
            case ast.If(test=test, body=body, orelse=[*orelse]) if orelse:
                return [ast.If(ast.UnaryOp(ast.Not(), test), orelse, body)]
        return None

    return _changed(answer, change)


def numbers_by_name(answer: Answer) -> Written | None:
    """The numbers of the answer stand in an earlier cell."""
    numbers: dict[float, str] = {}

    class Named(ast.NodeTransformer):
        def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
            return node

        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            return node

        def visit_Constant(self, node: ast.Constant) -> ast.expr:
            if type(node.value) not in (int, float):
                return node
            name = numbers.setdefault(node.value, f"NUMBER_{len(numbers)}")  # type: ignore[arg-type]
            return ast.Name(name)

    tree = Named().visit(answer.tree)
    if not numbers:
        return None
    first = "".join(f"{name} = {value!r}\n" for value, name in numbers.items())
    return Written([first, text(tree)], answer.name)


def _gathered(node: ast.AST) -> tuple[ast.expr, ast.comprehension] | None:
    """What `await asyncio.gather(*(f(x) for x in xs))` makes and from what; None for anything else."""
    match node:
        case ast.Await(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id="asyncio"), attr="gather"),
                args=[ast.Starred(value=ast.GeneratorExp() | ast.ListComp() as made)],
                keywords=[],
            )
        ) if len(made.generators) == 1 and not made.generators[0].is_async:
            return made.elt, made.generators[0]
    return None


def task_group(answer: Answer) -> Written | None:
    """A `TaskGroup` where there was a `gather` of coroutines."""

    def change(block: Block, at: int) -> Block | None:
        statement = block[at]
        if not isinstance(statement, ast.Return | ast.Assign | ast.Expr | ast.For):
            return None
        for parent in ast.walk(statement.iter if isinstance(statement, ast.For) else statement):
            if isinstance(parent, Function | ast.Lambda):
                return None
        place = "iter" if isinstance(statement, ast.For) else "value"
        found = _gathered(getattr(statement, place))
        if found is None or not _makes_a_coroutine(found[0], answer):
            return None
        (group,) = parsed("async with asyncio.TaskGroup() as group:\n    tasks_of_group = [0 for x in y]\n")
        assert isinstance(group, ast.AsyncWith)
        made = ast.ListComp(ast.Call(ast.Attribute(ast.Name("group"), "create_task"), [found[0]], []), [found[1]])
        group.body = [ast.Assign([ast.Name("tasks_of_group", ast.Store())], made)]
        setattr(statement, place, ast.parse("[task.result() for task in tasks_of_group]", mode="eval").body)
        return [group, statement]

    if {"group", "tasks_of_group"} & names_in(answer.tree):
        return None
    return _changed(answer, change)


def tasks_in_a_list(answer: Answer) -> Written | None:
    """Tasks in a list, made in a loop, where coroutines were given to `gather`."""

    def change(block: Block, at: int) -> Block | None:
        statement = block[at]
        if not isinstance(statement, ast.Return | ast.Assign | ast.Expr):
            return None
        found = _gathered(statement.value)
        if found is None or found[1].ifs or not _makes_a_coroutine(found[0], answer):
            return None
        begin, loop, given = parsed("asked = []\nfor x in y:\n    asked.append(0)\nawait asyncio.gather(*asked)\n")
        assert isinstance(loop, ast.For) and isinstance(given, ast.Expr)
        made = ast.Call(ast.Attribute(ast.Name("asyncio"), "create_task"), [found[0]], [])
        loop.target, loop.iter = found[1].target, found[1].iter
        loop.body = [ast.Expr(ast.Call(ast.Attribute(ast.Name("asked"), "append"), [made], []))]
        statement.value = given.value
        return [begin, loop, statement]

    return None if "asked" in names_in(answer.tree) else _changed(answer, change)


def _makes_a_coroutine(made: ast.expr, answer: Answer) -> bool:
    match made:
        case ast.Call(func=ast.Name(id=name)):
            return name in answer.coroutine_functions
        case ast.Call(func=ast.Attribute(value=ast.Name(id="asyncio"), attr="to_thread")):
            return True
    return False


def gather_of_a_list(answer: Answer) -> Written | None:
    """`gather(*[...])` for `gather(*(...))`, and the other way round."""
    changes = 0
    for node in ast.walk(answer.tree):
        match node:
            case ast.Starred(value=ast.GeneratorExp() as made):
                node.value = ast.ListComp(made.elt, made.generators)
                changes += 1
            case ast.Starred(value=ast.ListComp() as made):
                node.value = ast.GeneratorExp(made.elt, made.generators)
                changes += 1
    return answer.in_one_cell() if changes else None


INSIDE: dict[str, Idiom] = {
    "renamed": renamed,
    "annotated": annotated,
    "modules by other names": modules_by_other_names,
    "names of modules": names_of_modules,
    "returned by name": returned_by_name,
    "awaited in two lines": awaited_in_two_lines,
    "loop for comprehension": loop_for_comprehension,
    "comprehension for loop": comprehension_for_loop,
    "while for for": while_for_loop,
    "withs split": withs_split,
    "withs joined": withs_joined,
    "ExitStack for with": stack_for_with,
    "format for f-string": formatted,
    "arguments copied and emptied": copied,
    "turned around": turned_around,
    "numbers by name": numbers_by_name,
    "TaskGroup for gather": task_group,
    "tasks in a list": tasks_in_a_list,
    "gather of a list": gather_of_a_list,
}
