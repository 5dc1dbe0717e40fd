"""What routes share: the parameters that every request may set, and the words for lists of them."""

from ..delays import LONGEST
from ..parameters import Number, Parameter, Text

FAR = 10**12  # the bounds of numbers that only tell requests apart

LABEL: list[Parameter] = [
    Text("client", "default", "label under which /stats counts the request; or the header X-Client"),
    Number("n", 0, -FAR, FAR, "any number; makes otherwise equal requests different", whole=True),
]
CONDITIONS: list[Parameter] = [
    Number("delay", 0.0, 0, LONGEST, "seconds before the answer"),
    Number("jitter", 0.0, 0, LONGEST, "up to so many seconds more, evenly spread"),
    Number("tail", 0.0, 0, 1, "share of requests that are slow: 4 to 20 times the usual"),
    Number("seed", 0, -FAR, FAR, "another seed draws other delays and failures", whole=True),
    *LABEL,
]


def named(*parameters: Parameter) -> dict[str, Parameter]:
    """The parameters of a route by name; a later one replaces an earlier one."""
    return {parameter.name: parameter for parameter in parameters}
