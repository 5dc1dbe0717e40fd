"""What `typing` makes of a name: T = TypeVar("T"), Code = NewType("Code", str). Classes and annotations hold them."""

import typing
from typing import Any

_BY_NAME_ALONE = tuple(getattr(typing, name) for name in ("ParamSpec", "TypeVarTuple") if hasattr(typing, name))

TYPING: tuple[type, ...] = (typing.TypeVar, typing.NewType, *_BY_NAME_ALONE)
"""The classes of such things."""


def reduce_typing(thing: Any) -> tuple[Any, ...]:
    """What `pickle` is told about one of them that cannot be imported."""
    if isinstance(thing, typing.NewType):
        return typing.NewType, (thing.__name__, thing.__supertype__), vars(thing)
    if not isinstance(thing, typing.TypeVar):
        return type(thing), (thing.__name__,)
    options = {"bound": thing.__bound__, "covariant": thing.__covariant__, "contravariant": thing.__contravariant__}
    if getattr(thing, "__infer_variance__", False):  # from Python 3.12 on
        options["infer_variance"] = True
    if getattr(thing, "has_default", bool)():  # from Python 3.13 on
        options["default"] = thing.__default__  # type: ignore[attr-defined,unused-ignore]
    return _new_type_variable, (thing.__name__, thing.__constraints__, options)


def _new_type_variable(name: str, constraints: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return typing.TypeVar(name, *constraints, **options)
