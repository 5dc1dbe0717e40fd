"""Idioms around a function: what is given to `check` is no longer a plain function of one cell."""

import ast

from idioms.written import Answer, Idiom, Written, parsed, text


def partial_of_a_first(answer: Answer) -> Written | None:
    """`functools.partial` with an argument that nobody needs."""
    if answer.uses_itself():
        return None
    answer.function.args.args.insert(0, ast.arg("unused"))
    return Written(["from functools import partial\n", text(answer.tree)], f"partial({answer.name}, None)")


def partial_by_keyword(answer: Answer) -> Written | None:
    """`functools.partial` with an argument by keyword."""
    if answer.uses_itself() or answer.function.args.kwonlyargs:
        return None
    answer.function.args.kwonlyargs.append(ast.arg("unused"))
    answer.function.args.kw_defaults.append(None)
    return Written(["import functools\n", text(answer.tree)], f"functools.partial({answer.name}, unused=1)")


def _as_method(answer: Answer, head: str, name: str, *, bound: bool, decorators: str = "") -> Written | None:
    """The function within a class, whose head is given."""
    if answer.uses_itself():
        return None
    (made,) = parsed(f"{decorators}class {head}:\n    pass\n")
    assert isinstance(made, ast.ClassDef)
    before = answer.before()
    if bound:
        answer.function.args.args.insert(0, ast.arg("this"))
    answer.function.name = name
    made.body = [answer.function]
    return Written([text([*before, made])], "")


def instance_with_call(answer: Answer) -> Written | None:
    """An object that can be called."""
    written = _as_method(answer, "Answering", "__call__", bound=True)
    return written and Written(written.cells, "Answering()")


def instance_with_slots(answer: Answer) -> Written | None:
    """An object that can be called, of a class with `__slots__` and a base."""
    written = _as_method(answer, "Answering(Base)", "__call__", bound=True)
    base = "class Base:\n    __slots__ = ('asked',)\n\n    def __init__(self):\n        self.asked = 0\n"
    return written and Written([base, *written.cells], "Answering()")


def bound_method(answer: Answer) -> Written | None:
    """A method of an object."""
    written = _as_method(answer, "Answering", "answer", bound=True)
    return written and Written([*written.cells, "answering = Answering()\n"], "answering.answer")


def class_method(answer: Answer) -> Written | None:
    """A method of a class."""
    (decorator,) = parsed("classmethod")
    assert isinstance(decorator, ast.Expr)
    answer.function.decorator_list.insert(0, decorator.value)
    written = _as_method(answer, "Answering", "answer", bound=True)
    return written and Written(written.cells, "Answering.answer")


def static_method(answer: Answer) -> Written | None:
    """A function that is kept in a class."""
    (decorator,) = parsed("staticmethod")
    assert isinstance(decorator, ast.Expr)
    answer.function.decorator_list.insert(0, decorator.value)
    written = _as_method(answer, "Answering", "answer", bound=False)
    return written and Written(written.cells, "Answering.answer")


def closure(answer: Answer) -> Written | None:
    """A function that another one made, with all that it uses."""
    if any(isinstance(node, ast.Global) for node in ast.walk(answer.tree)):
        return None
    name = answer.name
    (outer,) = parsed(f"def make_answer(times=1):\n    made = 0\n    return {name}\n")
    assert isinstance(outer, ast.FunctionDef)
    outer.body[1:1] = answer.tree.body
    return Written([text([outer]), f"{name} = make_answer()\n"], name)


def _forwarded(answer: Answer, inner: str, call: str, *, name: str = "") -> Written | None:
    """A function that hands its arguments on; `call` has the place `{}` for them."""
    if answer.is_generator and answer.is_async:
        return None  # one that passes on what another yields does not close it
    called = call.format(", ".join(answer.parameters))
    keyword, returned = ("async def", f"await {called}") if answer.is_async else ("def", called)
    name = name or answer.name
    return Written([inner, f"{keyword} {name}({', '.join(answer.parameters)}):\n    return {returned}\n"], name)


def helper_in_a_cell(answer: Answer) -> Written | None:
    """The work is done by a helper of an earlier cell."""
    if answer.uses_itself():
        return None
    name, answer.function.name = answer.name, "do_the_work"
    return _forwarded(answer, text(answer.tree), "do_the_work({})", name=name)


def helper_in_a_dataclass(answer: Answer) -> Written | None:
    """The work is done by a dataclass of an earlier cell, which holds the arguments."""
    if answer.uses_itself() or not answer.parameters:
        return None
    before, parameters, name = answer.before(), answer.parameters, answer.name
    fields = "".join(f"    {parameter}: Any\n" for parameter in parameters)
    (made,) = parsed(f"@dataclass\nclass Work:\n{fields}")
    taken = [parsed(f"{parameter} = self.{parameter}")[0] for parameter in parameters]
    answer.function.args.args[:] = [ast.arg("self")]
    answer.function.args.defaults.clear()
    answer.function.name = "run"
    answer.function.body[:0] = taken
    assert isinstance(made, ast.ClassDef)
    made.body.append(answer.function)
    imports = "from dataclasses import dataclass\nfrom typing import Any\n"
    answer.function.args.args[:] = [ast.arg(parameter) for parameter in parameters]
    written = _forwarded(answer, "", "Work({}).run()", name=name)
    answer.function.args.args[:] = [ast.arg("self")]
    return written and Written([imports, text([*before, made]), written.cells[1]], name)


def helper_in_a_class(answer: Answer) -> Written | None:
    """The work is done by a static method of an earlier cell."""
    if answer.uses_itself():
        return None
    name = answer.name
    (decorator,) = parsed("staticmethod")
    assert isinstance(decorator, ast.Expr)
    answer.function.decorator_list.insert(0, decorator.value)
    written = _as_method(answer, "Tools", "work", bound=False)
    return written and _forwarded(answer, written.cells[0], "Tools.work({})", name=name)


def helper_in_a_named_tuple(answer: Answer) -> Written | None:
    """The work is done by a method of a NamedTuple, which has a number and an Enum beside it."""
    if answer.uses_itself():
        return None
    name = answer.name
    first = (
        "from enum import Enum\nfrom typing import NamedTuple\n\n"
        "class Way(Enum):\n    QUICK = 'quick'\n    SLOW = 'slow'\n"
    )
    written = _as_method(answer, "Worker(NamedTuple)", "work", bound=True)
    if written is None:
        return None
    answer.function.args.args.pop(0)
    inner = written.cells[0].replace(
        "class Worker(NamedTuple):\n", "class Worker(NamedTuple):\n    way: Way = Way.QUICK\n\n"
    )
    forwarded = _forwarded(answer, inner, "Worker(Way.SLOW).work({})", name=name)
    return forwarded and Written([first, *forwarded.cells], name)


def decorated(answer: Answer) -> Written | None:
    """With a decorator of an earlier cell, whose inner function is a plain one."""
    source = (
        "import functools\n\ndef noted(function):\n    @functools.wraps(function)\n"
        "    def inner(*arguments, **named):\n        return function(*arguments, **named)\n    return inner\n"
    )
    return _with_decorator(answer, source)


def decorated_async(answer: Answer) -> Written | None:
    """With a decorator of an earlier cell, whose inner function is a coroutine function."""
    if not answer.is_async or answer.is_generator:
        return None
    source = (
        "import functools\n\ncalls = []\n\ndef noted(function):\n    @functools.wraps(function)\n"
        "    async def inner(*arguments, **named):\n        calls.append(function.__name__)\n"
        "        return await function(*arguments, **named)\n    return inner\n"
    )
    return _with_decorator(answer, source)


def _with_decorator(answer: Answer, source: str) -> Written | None:
    if answer.uses_itself():
        return None
    answer.function.decorator_list.insert(0, ast.Name("noted"))
    return Written([source, text(answer.tree)], answer.name)


def unpacked(answer: Answer) -> Written | None:
    """The arguments are taken as they come, and unpacked."""
    arguments = answer.function.args
    if not answer.parameters or arguments.defaults or arguments.kwonlyargs or arguments.vararg:
        return None
    parameters = ", ".join(answer.parameters)
    answer.function.body[:0] = parsed(f"{parameters}{',' if len(answer.parameters) == 1 else ''} = arguments")
    arguments.args.clear()
    arguments.vararg = ast.arg("arguments")
    return answer.in_one_cell()


def another_name(answer: Answer) -> Written | None:
    """A function by another name, whose first name is used for something else."""
    if answer.uses_itself():
        return None
    name, answer.function.name = answer.name, "my_answer"
    return Written([text(answer.tree), f"{name} = 'nothing'\n"], "my_answer")


def a_lambda(answer: Answer) -> Written | None:
    """A lambda, where the function is one `return`."""
    if len(answer.function.body) != 1 or answer.is_generator or answer.function.decorator_list:
        return None
    (only,) = answer.function.body
    if not isinstance(only, ast.Return) or only.value is None:
        return None
    value = only.value
    if answer.is_async:
        if not isinstance(value, ast.Await):
            return None
        value = value.value
    if any(isinstance(node, ast.Await) or getattr(node, "is_async", 0) for node in ast.walk(value)):
        return None
    made = ast.Assign([ast.Name(answer.name, ast.Store())], ast.Lambda(answer.function.args, value))
    return Written([text([*answer.before(), made])], answer.name)


OUTSIDE: dict[str, Idiom] = {
    "partial of a first": partial_of_a_first,
    "partial by keyword": partial_by_keyword,
    "instance with __call__": instance_with_call,
    "instance with slots": instance_with_slots,
    "bound method": bound_method,
    "class method": class_method,
    "static method": static_method,
    "closure": closure,
    "helper in a cell": helper_in_a_cell,
    "helper in a dataclass": helper_in_a_dataclass,
    "helper in a class": helper_in_a_class,
    "helper in a NamedTuple": helper_in_a_named_tuple,
    "decorated": decorated,
    "decorated, async": decorated_async,
    "arguments unpacked": unpacked,
    "another name": another_name,
    "lambda": a_lambda,
}
