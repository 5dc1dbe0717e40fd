"""Who may look and talk. A browser lets any page in the world ask this machine, and open a WebSocket to it.

A page elsewhere has another Origin. A page whose name has been made to lead here (DNS rebinding) has its own name in
Host. So the server answers to the address at which it was reached, and to its own pages.
"""

import ipaddress

from aiohttp import web

from .parameters import Refused

HTTP_PORT = 80  # the one that clients leave out of Host and Origin


def own_host(request: web.BaseRequest) -> str:
    """The host and port under which this server was asked.

    Raises:
        Refused: that is not the address at which it was reached, nor localhost where that is the same.
    """
    assert request.transport is not None
    address, port = request.transport.get_extra_info("sockname")[:2]
    names = [f"[{address}]" if ":" in address else str(address)]
    if ipaddress.ip_address(address).is_loopback:
        names.append("localhost")
    allowed = [f"{name}:{port}" for name in names] + (names if port == HTTP_PORT else [])
    given = request.headers.get("Host", "")
    if given not in allowed:
        raise Refused(
            {"error": "this server is not known by that name", "given": given, "allowed": allowed}, status=403
        )
    return given


def refuse_other_pages(request: web.BaseRequest) -> None:
    """Let pass only a page that this server has served.

    Raises:
        Refused: a program, which names no origin, or a page of another origin.
    """
    own, origin = f"{request.scheme}://{own_host(request)}", request.headers.get("Origin", "")
    if origin != own:
        raise Refused(
            {"error": f"pages of {origin or 'no origin'} have no access here", "given": origin, "allowed": own},
            status=403,
        )


def refuse_foreign_pages(request: web.BaseRequest) -> None:
    """Let pass programs, which name no origin, and pages that this server has served.

    Raises:
        Refused: a browser asks for a page of another origin.
    """
    if "Origin" in request.headers:
        refuse_other_pages(request)


def refuse_strangers(request: web.BaseRequest) -> None:
    """Let pass programs and pages of this server, and these only where they know it by its own name.

    What all clients share, such as the counts, is for them only: a browser sends no Origin with a page's own GET, so
    that after DNS rebinding nothing but the Host tells.

    Raises:
        Refused: the Host is another, or a browser asks for a page of another origin.
    """
    own_host(request)
    refuse_foreign_pages(request)
