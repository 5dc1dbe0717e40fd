"""The learner's own function inside what a library has put around it: a partial, a decorator, a coroutine of its own.

Nothing here runs code of the learner's, not even an attribute's: objects are asked in C for what they refer to.
"""

import functools
import gc
from collections import deque
from collections.abc import Callable, Iterable
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, MethodType
from typing import Any

from helpers.code.origin import is_learners
from helpers.recorders.display_names import in_class, is_one_of, kept_by

MOST_LOOKED_AT = 50
"""Objects that one search looks at; the nearest come first."""
MOST_ITEMS = 10
"""Items of a list or tuple."""
KINDS = ((AsyncGeneratorType, "ag_code"), (FunctionType, "__code__"))
"""Where those of Python's own kinds keep their code."""
ELSEWHERE = ("cr_code", "gi_code")
"""And those that a compiler such as Cython makes, and generators."""


def learners_function(function: Any) -> Any:
    """The learner's function that is called where this is, the nearest one; None where there is none.

    It is looked for in partials and their arguments, under decorators, in closures, and in what an object that can be
    called has as attributes: there joblib and asgiref keep what they are given.
    """
    return _nearest(function, _called_by)


def learners_coroutine(coroutine: Any) -> Any:
    """The learner's coroutine, generator or decorated function that a task runs with this; None where there is none.

    A library's coroutine runs the learner's where it is a decorator's (`functools.wraps`), as tenacity's is, or has one
    to await: among its variables, or in the object whose method it is, as anyio's `TaskHandle` has.
    """
    return _nearest(coroutine, awaited_by)


def code_run_by(thing: Any) -> CodeType | None:
    """The code that runs where this is called, awaited or iterated; None for what is not written in Python."""
    if type(thing) is CoroutineType:  # which is asked about with each task
        return thing.cr_code
    while type(thing) is MethodType:
        thing = thing.__func__
    kind = type(thing)
    for name in [name for of, name in KINDS if of is kind] or ELSEWHERE:
        code = kept_by(thing, name)
        if type(code) is CodeType:
            return code
    call = in_class(thing, "__init__") if issubclass(kind, type) else in_class(kind, "__call__")
    return call.__code__ if type(call) is FunctionType else None


def _nearest(thing: Any, inside: Callable[[Any], Iterable[Any]]) -> Any:
    waiting, looked_at = deque([thing]), 0
    while waiting and looked_at < MOST_LOOKED_AT:
        thing = waiting.popleft()
        looked_at += 1
        code = code_run_by(thing)
        if code is not None and is_learners(code.co_filename):
            return thing
        waiting.extend(inside(thing))
    return None


def _called_by(thing: Any) -> list[Any]:
    """What may be called where this is."""
    kind = type(thing)
    if kind is functools.partial:
        inside = [thing.func, *thing.args, *thing.keywords.values()]
    elif kind is MethodType:
        inside = [thing.__func__]
    elif kind is tuple or kind is list:
        inside = list(thing[:MOST_ITEMS])
    elif kind is FunctionType:
        inside = _wrapped(thing) or [each for cell in thing.__closure__ or () for each in gc.get_referents(cell)]
    else:
        inside = _wrapped(thing) or _attributes(thing)
    return [each for each in inside if is_one_of(type(each), (tuple, list)) or _can_be_called(each)]


def _can_be_called(thing: Any) -> bool:
    return in_class(type(thing), "__call__") is not None and not issubclass(type(thing), type)


def awaited_by(thing: Any) -> list[Any]:
    """What a coroutine awaits, or will; of a function, that which it decorates."""
    if type(thing) is FunctionType:
        return _wrapped(thing)
    # An async generator among a coroutine's variables is what it sends, say; one step of it is another kind of thing.
    code, inside = code_run_by(thing), []
    awaited = (CoroutineType,) if type(thing) is CoroutineType else (CoroutineType, AsyncGeneratorType)
    for each in filter(gc.is_tracked, gc.get_referents(thing)):
        kind = type(each)
        if is_one_of(kind, awaited):
            inside.append(each)
        elif kind is FunctionType:
            inside += _wrapped(each) if each.__code__ is code else []
        elif code is not None and _is_method(kind, code):
            inside += [other for other in _attributes(each) if type(other) is CoroutineType]
    return inside


def _is_method(kind: type, code: CodeType) -> bool:
    """Whether objects of this class have the code as a method of theirs."""
    method = in_class(kind, code.co_name)
    return type(method) is FunctionType and method.__code__ is code


def _wrapped(thing: Any) -> list[Any]:
    """What `functools.wraps` has noted."""
    wrapped = kept_by(thing, "__wrapped__")
    return [] if wrapped is None else [wrapped]


def _attributes(thing: Any) -> list[Any]:
    """What an object has as its attributes, in slots or in a dictionary."""
    kept = gc.get_referents(thing)
    return [*kept, *(value for each in kept if type(each) is dict for value in list(each.values()))]
