"""Which places of a text that is a template are named as a secret's: ``?token={}`` and ``?token=%s``."""

import re
from collections.abc import Iterable
from string import Formatter

from helpers.code.masking import names_what_follows

_PLACE = re.compile(r"%(?:\((\w*)\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z%]")


def secrets_of_format(template: str) -> dict[str, str]:
    """Of a template of `str.format`: the names of the secrets, by the key of the place that each stands before.

    The key of a place without one is its number, as for `str.format`.
    """
    try:
        parts = list(Formatter().parse(template))
    except ValueError:  # no template after all
        return {}
    fields = [(before, field) for before, field, *_ in parts if field is not None]
    keys = [re.split(r"[.\[]", field)[0] or str(number) for number, (_, field) in enumerate(fields)]
    return _named((key, before) for key, (before, _) in zip(keys, fields, strict=True))


def secrets_of_percent(template: str) -> dict[str, str]:
    """The same for a template of the operator ``%``."""
    places = [found for found in _PLACE.finditer(template) if found[0] != "%%"]
    since = [0, *(place.end() for place in places)]
    texts = [template[start : place.start()] for start, place in zip(since, places, strict=False)]
    keys = [place[1] or str(number) for number, place in enumerate(places)]
    return _named(zip(keys, texts, strict=True))


def _named(places: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {key: name for key, before in places if (name := names_what_follows(before))}
