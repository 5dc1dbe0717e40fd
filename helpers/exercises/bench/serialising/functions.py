"""Functions, by what they are: their code, their closures, and the names of the notebook that they use."""

import builtins
import dis
import linecache
import marshal
import sys
from collections.abc import Iterator
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from helpers.code.origin import is_learners
from helpers.exercises.bench.serialising.namespaces import Namespaces
from helpers.exercises.bench.serialising.ownership import is_importable, is_own
from helpers.page.shell import cell_name

_OF_NAMES = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_GLOBAL", "DELETE_GLOBAL"}
_SLOTS = ("__qualname__", "__module__", "__doc__", "__defaults__", "__kwdefaults__", "__type_params__")


def reduce_function(function: FunctionType, namespaces: Namespaces) -> tuple[Any, ...]:
    """What `pickle` is told about a function that cannot be imported."""
    names = namespaces.of(function.__globals__)
    # A library's function, such as what its decorator makes, has the library's names there too.
    used = {} if names.is_a_librarys else _names_used(function)
    slots = {slot: getattr(function, slot) for slot in _SLOTS if hasattr(function, slot)}
    slots["__annotations__"] = annotations_of(function)
    along = _modules_along(function.__code__, used)
    state = (used, along, slots, vars(function))
    # The names go into the state, which is filled in once the function is there: it may use itself.
    arguments = (function.__code__, names, function.__name__, function.__closure__)
    return _new_function, arguments, state, None, None, _fill_function


def reduce_cell(cell: CellType) -> tuple[Any, ...]:
    """What `pickle` is told about a variable of a closure: two functions may share it, and one of them be in it."""
    try:
        content: tuple[Any, ...] = (cell.cell_contents,)
    except ValueError:  # an empty one
        content = ()
    return CellType, (), content, None, None, _fill_cell


def reduce_code(code: CodeType, sources: dict[str, list[str]]) -> tuple[Any, ...]:
    """What `pickle` is told about code; its source lines go into `sources`."""
    if is_learners(code.co_filename) and (lines := linecache.getlines(code.co_filename)):
        sources[cell_name(code.co_filename) or code.co_filename] = lines
    return marshal.loads, (marshal.dumps(_renamed(code)),)


def annotations_of(thing: Any) -> dict[str, Any]:
    """The annotations; none where a name in them is not known, which only Python 3.14 leaves for later."""
    try:
        return dict(thing.__annotations__)
    except Exception:  # an annotation is the learner's own code
        return {}


def _names_used(function: FunctionType) -> dict[str, Any]:
    """What the function's code, with the functions and classes inside it, takes from the notebook."""
    own = function.__name__
    # Its own name belongs to it: a pool of processes looks it up.
    used: dict[str, Any] = {own: function} if function.__globals__.get(own) is function else {}
    for code in _codes(function.__code__):
        for instruction in dis.get_instructions(code):
            if instruction.opname in _OF_NAMES:
                name = instruction.argval
                if name in function.__globals__:
                    used[name] = function.__globals__[name]
                elif _is_the_shells(value := vars(builtins).get(name)):
                    used[name] = value
    return used


def _is_the_shells(value: object) -> bool:
    """Whether it is a function that the notebook's shell has put among Python's own, such as `display`."""
    return isinstance(value, FunctionType) and value.__module__.startswith("IPython.") and is_importable(value)


def _modules_along(code: CodeType, used: dict[str, Any]) -> list[ModuleType | str]:
    """The modules that have to be there when the code runs, although no name stands for them.

    `import concurrent.futures` gives the name `concurrent` only. And where the code has an `import` of its own, it is
    to find a module of the learner's as the kernel has it, not as its file is now.
    """
    attributes = {name for part in _codes(code) for name in part.co_names}
    along: list[ModuleType | str] = []
    for value in used.values():
        if isinstance(value, ModuleType):
            inside = f"{value.__name__}."
            along += [
                sys.modules[name] if is_own(sys.modules[name]) else name
                for name in list(sys.modules)
                if name.startswith(inside) and attributes.issuperset(name.removeprefix(inside).split("."))
            ]
    for name in _imported(code):
        parts = name.split(".")
        above = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        along += [sys.modules[part] for part in above if part in sys.modules and is_own(sys.modules[part])]
    return along


def _imported(code: CodeType) -> set[str]:
    """The modules that the code imports itself."""
    return {
        instruction.argval
        for part in _codes(code)
        for instruction in dis.get_instructions(part)
        if instruction.opname == "IMPORT_NAME" and instruction.argval != "__main__"
    }


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _renamed(code: CodeType) -> CodeType:
    """The code as from "In[5]" rather than from a file with a number that IPython made up."""
    constants = tuple(_renamed(part) if isinstance(part, CodeType) else part for part in code.co_consts)
    return code.replace(co_filename=cell_name(code.co_filename) or code.co_filename, co_consts=constants)


# --- and on the other side --------------------------------------------------------------------------


def _new_function(
    code: CodeType, names: dict[str, Any], name: str, closure: tuple[CellType, ...] | None
) -> FunctionType:
    return FunctionType(code, names, name, None, closure)


def _fill_function(function: FunctionType, state: tuple[Any, ...]) -> None:
    used, along, slots, attributes = state
    function.__globals__.update(used)
    for module in along:
        if isinstance(module, str):
            __import__(module)
    for slot, value in slots.items():
        setattr(function, slot, value)
    function.__dict__.update(attributes)


def _fill_cell(cell: CellType, content: tuple[Any, ...]) -> None:
    if content:
        (cell.cell_contents,) = content
