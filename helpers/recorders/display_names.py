"""What to call a function, a coroutine or any other thing that can be called."""

from collections.abc import Iterable
from types import BuiltinMethodType, CoroutineType, GetSetDescriptorType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

_MRO = type.__dict__["__mro__"]
_QUALNAME = type.__dict__["__qualname__"]
_NAMES = type.__dict__["__dict__"]


def name_in_code(thing: Any) -> str:
    """The name that a traceback has for it, without the functions around it; that of its class where it has none.

    It may be any object of the learner's, and to ask it for an attribute would run the learner's code.
    """
    while type(thing) is MethodType:
        thing = thing.__func__
    if type(thing) is BuiltinMethodType:
        owner: Any = thing.__self__  # the module, of a function
        if owner is None or issubclass(type(owner), ModuleType):
            return thing.__name__
        return f"{class_name(owner if issubclass(type(owner), type) else type(owner))}.{thing.__name__}"
    if issubclass(type(thing), type):
        return class_name(thing)
    name = kept_by(thing, "__qualname__")
    return (name if type(name) is str and name else class_name(type(thing))).rpartition("<locals>.")[2]


def class_name(kind: type) -> str:
    """The name of a class. Its metaclass is not asked."""
    return str(_QUALNAME.__get__(kind)).rpartition("<locals>.")[2]


def kept_by(thing: Any, name: str) -> Any:
    """An attribute that is kept: in C, as functions and coroutines keep theirs, or in the object's own dictionary.

    None for one that code would have to tell, such as a property.
    """
    if type(thing) is CoroutineType:  # it keeps all of its attributes in C; asked for several with each task
        return getattr(thing, name, None)
    slot = in_class(type(thing), name)
    if slot is not None:
        return _read(slot, thing)
    own = _read(in_class(type(thing), "__dict__"), thing)
    return own.get(name) if type(own) is dict else None


def in_class(kind: type, name: str) -> Any:
    """What stands under this name in the first of the class and those it derives from; None where none has it."""
    for base in _MRO.__get__(kind):
        found = _NAMES.__get__(base).get(name)
        if found is not None:
            return found
    return None


def is_one_of(kind: type, kinds: Iterable[type]) -> bool:
    """Whether it is one of these classes. Not by `in`, which asks its metaclass what it is equal to."""
    return any(each is kind for each in kinds)


def _read(slot: Any, thing: Any) -> Any:
    if not is_one_of(type(slot), (GetSetDescriptorType, MemberDescriptorType)):
        return None
    try:
        return slot.__get__(thing)
    except (AttributeError, TypeError):  # a slot of the learner's with nothing in it; a `__dict__` that is C's own
        return None
