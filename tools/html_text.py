"""A piece of HTML as the text that a reader finds in it."""

import re
from html.parser import HTMLParser


def text_of_html(page: str) -> str:
    """Return the text of a piece of HTML: entities undone, and for an image the text that stands for it."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    lines = ("".join(reader.parts)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


class _Reader(HTMLParser):
    IN_A_LINE = frozenset(("a", "b", "code", "em", "i", "kbd", "mark", "small", "span", "strong", "sub", "sup"))
    NOT_SHOWN = frozenset(("script", "style", "template"))

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in self.NOT_SHOWN
        if tag not in self.IN_A_LINE:
            self.parts.append(" " if tag in ("td", "th") else "\n")
        self.parts += [f" {text} " for name, text in attributes if name in ("alt", "aria-label") and text]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in self.NOT_SHOWN
        if tag not in self.IN_A_LINE:
            self.parts.append(" " if tag in ("td", "th") else "\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
