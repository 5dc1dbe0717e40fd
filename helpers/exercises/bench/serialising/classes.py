"""Classes, by what they are: made again as they stand, without a call of what the learner wrote to make them.

So neither a metaclass nor `__init_subclass__` runs a second time: what they have done is in the class already.
"""

import abc
import enum
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

from helpers.exercises.bench.serialising import bench_side
from helpers.exercises.bench.serialising.functions import annotations_of
from helpers.exercises.bench.serialising.namespaces import Namespaces

_MADE_WITH_IT = {"__dict__", "__weakref__", "_abc_impl", "__annotate_func__", "__annotations_cache__", "__annotate__"}
_OF_ENUM = {"_member_map_", "_member_names_", "_member_type_", "_value2member_map_", "_generate_next_value_"}
_OF_MEMBER = {"_name_", "_value_", "__objclass__", "_sort_order_"}


def reduce_class(made: type, namespaces: Namespaces) -> tuple[Any, ...]:
    """What `pickle` is told about a class that cannot be imported."""
    own = vars(made)
    # Its own module knows it by its name there too: `copy` and `pickle` look it up.
    home = namespaces.of_module(made.__module__, made.__name__, made)
    start = {name: own[name] for name in ("__module__", "__orig_bases__") if name in own}
    start["__qualname__"] = made.__qualname__
    if "__slots__" in own:
        start["__slots__"] = tuple(name for name, value in own.items() if _is_slot(made, name, value))
    left_out = {name for name, value in own.items() if name in _MADE_WITH_IT or _is_slot(made, name, value)}
    members: dict[str, Any] = {}
    if issubclass(type(made), enum.EnumMeta):
        members = made.__members__  # type: ignore[attr-defined]
        left_out |= {*_OF_ENUM, *members}
    state = {name: value for name, value in own.items() if name not in left_out}
    if {"__annotate_func__", "__annotate__"} & own.keys():
        state["__annotations__"] = annotations_of(made)
    registered = _registered(made) if "_abc_impl" in own else []
    head = (type(made), made.__name__, made.__bases__, start)
    if not issubclass(type(made), enum.EnumMeta):
        return _new_class, head, (state, registered, {}, home), None, None, _fill_class
    values = {name: member._value_ for name, member in members.items()}
    attributes = {name: _attributes(member) for name, member in members.items()}
    boundary = own.get("_boundary_")
    return _new_enum, (*head, values, boundary), (state, registered, attributes, home), None, None, _fill_class


def reduce_member(member: enum.Enum) -> tuple[Any, ...] | None:
    """What `pickle` is told about a member of an enumeration; None where it is made of others, as flags are."""
    if type(member).__members__.get(str(member._name_)) is member:
        return _member, (type(member), member._name_)
    return None


def _is_slot(made: type, name: str, value: object) -> bool:
    if "__slots__" not in vars(made):
        return False
    return isinstance(value, MemberDescriptorType) or (
        name in ("__dict__", "__weakref__") and isinstance(value, GetSetDescriptorType)
    )


def _registered(made: type) -> list[type]:
    """The classes that an abstract class was told of."""
    dump = getattr(abc, "_get_dump", None)  # nothing else tells
    return [] if dump is None else [known for reference in dump(made)[0] if (known := reference()) is not None]


def _attributes(member: enum.Enum) -> dict[str, Any]:
    return {name: value for name, value in getattr(member, "__dict__", {}).items() if name not in _OF_MEMBER}


# --- and on the other side --------------------------------------------------------------------------


def _new_class(kind: type, name: str, bases: tuple[type, ...], start: dict[str, Any]) -> type:
    maker: Any = abc.ABCMeta if issubclass(kind, abc.ABCMeta) else type
    hidden = {  # by ids: a metaclass may have made its classes unhashable
        id(base): (base, vars(base)["__init_subclass__"])
        for above in bases
        for base in above.__mro__
        if id(base) in bench_side.classes and "__init_subclass__" in vars(base)
    }
    for base, _ in hidden.values():
        type.__delattr__(base, "__init_subclass__")
    try:
        made: type = maker.__new__(kind, name, bases, start)
    finally:
        for base, method in hidden.values():
            type.__setattr__(base, "__init_subclass__", method)
    return _noted(made)


def _new_enum(
    kind: type[enum.EnumMeta], name: str, bases: tuple[type, ...], start: dict[str, Any], values: dict[str, Any],
    boundary: Any,
) -> type:  # fmt: skip
    names: Any = enum.EnumMeta.__prepare__(name, bases)
    for about, value in {**start, **values}.items():
        names[about] = value
    options = {} if boundary is None else {"boundary": boundary}
    return _noted(enum.EnumMeta.__new__(kind, name, bases, names, **options))


def _noted(made: type) -> type:
    bench_side.kept.append(made)
    bench_side.classes.add(id(made))
    return made


def _fill_class(made: type, state: tuple[Any, ...]) -> None:
    own, registered, members, home = state
    if home is not None:
        home.setdefault(made.__name__, made)
    for name, value in own.items():
        type.__setattr__(made, name, value)
    if "__firstlineno__" in own:  # Python 3.13 takes it away where anything else is set
        type.__setattr__(made, "__firstlineno__", own["__firstlineno__"])
    for known in registered:
        abc.ABCMeta.register(made, known)  # type: ignore[arg-type]
    for name, attributes in members.items():
        vars(made.__members__[name]).update(attributes)  # type: ignore[attr-defined]


def _member(kind: type[enum.Enum], name: str) -> enum.Enum:
    return kind.__members__[name]
