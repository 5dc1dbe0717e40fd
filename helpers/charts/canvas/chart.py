"""A matplotlib figure that can say in a sentence what it shows."""

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from io import BytesIO

from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from helpers.charts.canvas.style import DPI, WIDTH, house, width
from helpers.page.card import FONT
from helpers.page.colours import GREY, GROUND, INK
from helpers.page.glossary import fold
from helpers.page.shell import show

SHARPNESS = 2
"""Dots of the image per pixel of the page: crisp on a projector and on a dense screen."""
NARROWEST = 600
"""Pixels: on a narrower page a chart is scrolled sideways, since smaller its words could not be read."""
QUICKLY = 3
"""How hard the image is compressed: the usual 6 takes a third of all the time to save a sixth of the size."""

# What is scrolled sideways can be scrolled by keyboard too. The words have the keyboard, not the picture: a click on
# that would take it, and JupyterLab's Shift+Enter with it, since its own use of the arrow keys has to be kept out.
_BY_KEYBOARD = (
    f"<style>.chart-keys{{display:block}}@container (min-width:{NARROWEST}px){{.chart-keys{{display:none}}}}</style>"
    '<span class="chart-keys" tabindex="0" data-lm-suppress-shortcuts="true" '
    f'style="position:sticky;left:0;padding:0 14px;font:12px/1.5 system-ui,sans-serif;color:{GREY}">'
    "Wider than the page. From here the arrow keys scroll it.</span>"
)


class Chart(Figure):
    """A figure with its sentence. Shown in a notebook it is one image with the sentence under it, read aloud as well.

    It is made without pyplot, so no window and no second copy of it appears; ``savefig`` works as for any figure.

    Args:
        height: pixels; the width is the same for all charts.
        sentence: what the chart shows, computed from its data.
        note: what the reader must know of how the data was had; smaller, under the sentence.

    Attributes:
        zoom: how many times as large as it was laid out it is shown, see `helpers.page.projector`.
    """

    def __init__(self, height: float, sentence: str, note: str = "") -> None:
        across = width()
        super().__init__(figsize=(across / DPI, height / DPI), dpi=DPI, facecolor=GROUND)
        FigureCanvasAgg(self)
        self.zoom = WIDTH / across
        self.sentence = sentence
        self.note = note

    def add_note(self, sentences: Iterable[str]) -> "Chart":
        """Let the note say this too; the chart itself is returned."""
        self.note = " ".join(filter(None, (self.note, *sentences)))
        return self

    def draw(self, renderer: RendererBase) -> None:
        """Draw in the house style, also when the figure is saved long after it was made."""
        with house():
            super().draw(renderer)

    def png(self) -> bytes:
        """The chart as an opaque image."""
        image = BytesIO()
        with house():
            self.savefig(image, format="png", dpi=DPI * SHARPNESS * self.zoom, pil_kwargs={"compress_level": QUICKLY})
        return image.getvalue()

    def html(self, beside: str = "") -> str:
        """The chart as a piece of HTML that needs nothing else. Its ground is light in a dark theme too.

        A closed fold explains its words, and those of the text ``beside`` it, such as its run's card.
        """
        sentence = escape(self.sentence)
        larger = f";zoom:{self.zoom:g}" if self.zoom != 1 else ""
        image = b64encode(self.png()).decode()
        note = f'<div style="margin-top:3px;font-size:12px;color:{GREY}">{escape(self.note)}</div>' if self.note else ""
        return (
            f'<figure class="chart" style="margin:4px 0 12px;max-width:{WIDTH}px;background:{GROUND};color:{INK}">'
            f'<div style="overflow-x:auto;container-type:inline-size">{_BY_KEYBOARD}'
            f'<img alt="{sentence}" src="data:image/png;base64,{image}" '
            f'style="display:block;width:{WIDTH}px;min-width:{NARROWEST}px;max-width:100%;height:auto"></div>'
            f'<figcaption style="padding:2px 14px 10px;{FONT}{larger}">'
            f"{sentence}{note}{fold(f'{beside} {self.sentence} {self.note} {self._written()}')}</figcaption></figure>"
        )

    def _written(self) -> str:
        """What is written in the picture itself, but for the names of rows."""
        return " ".join(text.get_text() for axes in self.axes for text in axes.texts)

    def __repr__(self) -> str:
        return self.sentence

    __str__ = __repr__

    def _ipython_display_(self) -> None:
        # An HTML output, because JupyterLab and nbconvert ignore the alternative text of an image output.
        show({"text/html": self.html(), "text/plain": self.sentence}, raw=True)
