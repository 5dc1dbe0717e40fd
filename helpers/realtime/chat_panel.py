"""A chat on a page: what is said in a room, and a line to say something."""

import asyncio
import json
from collections import deque
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from helpers.page.card import look, on_page
from helpers.page.colours import BLUE
from helpers.page.projector import WIDGETS, enlarge, zoom
from helpers.page.shell import show
from helpers.servers.practice_api import practice_api

SHOWN = 200
"""So many messages are kept on the page."""
LONGEST = 1_000
"""Characters that the server takes in one message."""
AGAIN_AFTER = 0.5
"""Seconds before a lost connection is opened again; after each failure twice as long, up to eight seconds."""
LONGEST_PAUSE = 8.0
BEHIND = 1013
"""The close code of a server that has too much for a slow client: come back for the rest."""

_STYLE = f"{look()};height:240px;overflow-y:auto;display:flex;flex-direction:column-reverse"

_open: "dict[tuple[str, str, str], ChatPanel]" = {}
"""The panels that are connected, by address, room and name: a rerun of a cell replaces the one it has shown before."""


class ChatPanel:
    """A room of the practice API's chat. `chat_panel` makes it; as the last line of a cell it shows itself."""

    def __init__(self, address: str, room: str, name: str) -> None:
        import ipywidgets as widgets  # type: ignore[import-untyped]

        self.address, self.room, self.name = address, room, name
        self.messages: deque[dict[str, Any]] = deque(maxlen=SHOWN)
        self.state = "not joined"
        self._last = -1
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._said: set[asyncio.Task[None]] = set()
        # A click may be dealt with in a thread with a loop of its own: what it wants is done where this is made.
        self._home = asyncio.get_running_loop()
        self._log, self._status = widgets.HTML(), widgets.HTML()
        self._line = widgets.Text(placeholder="say something", continuous_update=False, layout={"width": "560px"})
        self._line.layout.flex = "1 1 auto"
        self._send = widgets.Button(description="Send", icon="paper-plane", button_style="primary")
        self._join = widgets.Button(description="Join", icon="sign-in", button_style="success")
        self._leave = widgets.Button(description="Leave", icon="sign-out")
        # Enter changes the value, and so does leaving the field; a click on Send comes with the latter.
        self._line.observe(lambda change: self._at_home(change["new"]), "value")
        self._send.on_click(lambda _: self._at_home(self._line.value))
        self._join.on_click(lambda _: self._home.call_soon_threadsafe(self.join))
        self._leave.on_click(lambda _: self._home.call_soon_threadsafe(self.leave))
        buttons = widgets.HBox([self._join, self._line, self._send, self._leave])
        style = widgets.HTML(WIDGETS)
        self._box = widgets.VBox([style, self._status, self._log, buttons], layout={"max_width": f"{880 / zoom():g}px"})
        enlarge(self._box)
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._draw()

    def join(self) -> None:
        """Join the room, as the Join button does. Another panel of that name in that room leaves it, as in a rerun."""
        if self._task is not None and not self._task.done():
            return
        key = (self.address, self.room, self.name)
        if (earlier := _open.get(key)) is not None:
            earlier.leave()
        _open[key] = self
        self._set_state("connecting")
        self._task = asyncio.create_task(self._stay(), name=f"chat in {self.room}")

    async def connected(self) -> None:
        """Wait until the room has been joined."""
        await self._connected.wait()

    def say(self, text: str) -> None:
        """Say something in the room, as Send does.

        Raises ValueError for an empty text, one of over 1,000 characters, or when the panel is not connected.
        """
        if not 1 <= len(text) <= LONGEST:
            raise ValueError(f"a message has 1 to {LONGEST:,} characters, and this one has {len(text):,}")
        if self._socket is None or self._socket.closed:
            raise ValueError(f"not connected to the room {self.room!r}: {self.state}")
        task = asyncio.create_task(self._socket.send_str(json.dumps({"text": text})))
        self._said.add(task)  # a task that nobody holds may be lost
        task.add_done_callback(self._said.discard)

    def leave(self) -> None:
        """Leave the room, as the Leave button does."""
        if self._task is not None:
            self._task.cancel()

    async def left(self) -> None:
        """Wait until the room has been left."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def _at_home(self, text: str) -> None:
        if text.strip():
            self._home.call_soon_threadsafe(self._say_line, text.strip())

    def _say_line(self, text: str) -> None:
        if text != self._line.value.strip():
            return  # said already: Enter and a click on Send may both come
        self._line.value = ""
        try:
            self.say(text)
        except ValueError as problem:
            self._line.value = text  # nothing is lost
            self._set_state(str(problem))

    async def _stay(self) -> None:
        """Be in the room; when the connection is lost come back, for what was missed too."""
        pause = AGAIN_AFTER
        try:
            async with aiohttp.ClientSession() as session:
                while True:
                    try:
                        await self._listen(session)
                        pause = AGAIN_AFTER
                    except (aiohttp.ClientError, OSError) as error:
                        self._set_state(f"no connection ({type(error).__name__}); trying again")
                        pause = min(2 * pause, LONGEST_PAUSE)
                    await asyncio.sleep(pause)
        finally:
            self._connected.clear()
            self._set_state("left")
            if _open.get((self.address, self.room, self.name)) is self:
                del _open[self.address, self.room, self.name]

    async def _listen(self, session: aiohttp.ClientSession) -> None:
        query = urlencode({"room": self.room, "name": self.name, "after": self._last, "client": "chat panel"})
        async with session.ws_connect(f"{self.address}/chat?{query}") as self._socket:
            self._connected.set()
            self._set_state("connected")
            async for frame in self._socket:
                message = json.loads(frame.data)
                self._last = message["id"]
                self.messages.append(message)
                self._draw()
            self._connected.clear()
            why = "behind, coming back" if self._socket.close_code == BEHIND else "connection lost, coming back"
            self._set_state(why)

    def _set_state(self, state: str) -> None:
        self.state = state
        self._draw()

    def _draw(self) -> None:
        joined = self._task is not None and self.state != "left"
        self._join.disabled = joined
        for widget in (self._line, self._send, self._leave):
            widget.disabled = not joined
        place = f"{self.name} in {self.room}, at {self.address}"
        self._status.value = f"<b>{escape(place)}</b> {on_page(self.state)}"
        lines = "".join(self._line_of(message) for message in self.messages)
        self._log.value = f'<div role="log" aria-live="polite" style="{_STYLE}"><div>{lines}</div></div>'

    def _line_of(self, message: dict[str, Any]) -> str:
        colour = BLUE if message["from"] == self.name else "#7a4b00"
        return f'<div><b style="color:{colour}">{escape(message["from"])}</b>&ensp;{escape(message["text"])}</div>'

    def __repr__(self) -> str:
        return f"<chat panel: {self.name} in {self.room}, {self.state}>"

    def _ipython_display_(self) -> None:
        show(self._box)


def chat_panel(name: str, room: str = "lobby", address: str = "") -> ChatPanel:
    """Put a chat on the page: ``chat_panel("Ada")``. Whoever joins the same room at the same address hears it.

    The Join button joins the room. To be called in a cell, where a loop is running.

    Args:
        name: who you are, 1 to 64 characters.
        room: which room, 1 to 64 characters.
        address: of another practice API, such as "http://192.168.0.7:8000", where a class meets; your own unless given.

    Raises ValueError for a name, a room or an address that is not as it should be.
    """
    for what, text in (("name", name), ("room", room)):
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise ValueError(f"{what} is a text of 1 to 64 characters, not {text!r}")
    address = (address or practice_api().base).rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        raise ValueError(f'address is that of a practice API, such as "http://127.0.0.1:8000", not {address!r}')
    return ChatPanel(address, room, name)
