"""The page /routes: every route with its parameters."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .calls import Route
from .parameters import Number, Parameter

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b2733; background: #fff; max-width: 62rem; margin: 2rem auto;
       padding: 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 0; } h2 code { font-size: 1.1rem; } p { margin: .2rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #e3e8ee; vertical-align: top; }
"""

HEAD = "<tr><th>parameter</th><th>default</th><th>allowed</th><th>meaning</th></tr>"


def routes_page(routes: Iterable[Route]) -> str:
    """An HTML page that lists the routes.

    Args:
        routes: the routes; those without a line about them are left out.
    """
    listed = "".join(_section(route) for route in routes if route.says)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Practice API</title>'
        f"<style>{STYLE}</style></head><body><h1>Practice API</h1>"
        f"<p>A server on this machine to practise waiting with. Its delays are made on purpose, and seeded: "
        f"the same request with the same seed takes the same time. "
        f"<a href='/'>Watch it live.</a></p>{listed}</body></html>"
    )


def _section(route: Route) -> str:
    rows = "".join(_row(parameter) for parameter in route.parameters.values())
    table = f"<table>{HEAD}{rows}</table>" if rows else ""
    return f"<h2><code>{escape(route.path)}</code></h2><p>{escape(route.says)}</p>{table}"


def _row(parameter: Parameter) -> str:
    default = f"{parameter.default:g}" if isinstance(parameter, Number) else str(parameter.default or "")
    cells = (f"<code>{parameter.name}</code>", escape(default), escape(parameter.allowed), escape(parameter.says))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
