"""The live view of the practice API in a notebook: the server's own page, in a frame of its own."""

from __future__ import annotations

from html import escape

from helpers.page.checked import check_number
from helpers.page.colours import EDGE

LOWEST, HIGHEST = 200, 2000  # pixels


class LiveView:
    """Shows what is in flight at the server now. `api.live()` makes it.

    The page is drawn by the browser and fed by the server's process. So it keeps moving while the kernel is busy.

    Args:
        base: the server's address.
        height: of the frame, in pixels, 200 to 2000.

    Raises:
        TypeError, ValueError: the height is out of its bounds.
    """

    def __init__(self, base: str, height: int) -> None:
        self.address = f"{base}/"
        self.height = check_number("height", height, LOWEST, HIGHEST, "pixels", whole=True)

    def __repr__(self) -> str:
        return f"<live view at {self.address}>"

    def _repr_html_(self) -> str:
        return (
            f'<iframe src="{escape(self.address)}" title="Live view of the practice API" width="100%" '
            f'height="{self.height}" style="box-sizing:border-box;border:1px solid {EDGE};border-radius:4px"></iframe>'
        )
