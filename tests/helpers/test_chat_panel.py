"""The chat panel: it joins, hears, says and leaves; what others write is text; nothing is left behind."""

import asyncio
from collections.abc import Iterator

import pytest
from in_a_loop import in_loop, until

from helpers import chat_panel, practice_api
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence


@pytest.fixture(scope="module", autouse=True)
def api() -> Iterator[PracticeAPI]:
    api = practice_api()
    yield api
    api.stop()


@in_loop
async def test_two_talk_and_one_leaves() -> None:
    ada, bo = chat_panel("Ada", room="two"), chat_panel("Bo", room="two")
    ada.join()
    bo._join.click()
    await asyncio.gather(ada.connected(), bo.connected())
    ada.say("Hello")
    await until(lambda: len(bo.messages) == 1)
    bo._line.value = "Hello yourself"  # what Enter does
    await until(lambda: len(ada.messages) == 2)
    assert [(message["from"], message["text"]) for message in ada.messages] == [
        ("Ada", "Hello"),
        ("Bo", "Hello yourself"),
    ]
    assert bo._line.value == ""
    bo._leave.click()
    await bo.left()
    ada.say("Anybody?")
    await until(lambda: len(ada.messages) == 3)
    assert len(bo.messages) == 2
    assert (bo.state, bo._send.disabled, bo._join.disabled) == ("left", True, False)
    ada.leave()
    await ada.left()


@in_loop
async def test_what_others_write_is_text() -> None:
    mallory, ada = chat_panel("<i>Mallory</i>", room="<u>room</u>"), chat_panel("Ada", room="<u>room</u>")
    for panel in (mallory, ada):
        panel.join()
        await panel.connected()
    mallory.say("<img src=x onerror=alert(1)><script>alert(2)</script>")
    await until(lambda: bool(ada.messages))
    for page in (ada._log.value, ada._status.value):
        assert not any(tag in page for tag in ("<img", "<script", "<i>", "<u>"))
    assert "&lt;img src=x onerror" in ada._log.value
    for panel in (mallory, ada):
        panel.leave()
        await panel.left()


@in_loop
async def test_a_rerun_takes_the_place_of_the_panel_before_it() -> None:
    first, second = chat_panel("Ada", room="again"), chat_panel("Ada", room="again")
    first.join()
    await first.connected()
    second.join()
    await asyncio.gather(first.left(), second.connected())
    second.say("one of us")
    await until(lambda: len(second.messages) == 1)
    assert not first.messages
    second.leave()
    await second.left()
    await until(lambda: practice_api().stats()["total"]["in_flight"] == 0)


@in_loop
async def test_what_cannot_be_said_is_not_lost() -> None:
    panel = chat_panel("Ada", room="careful")
    with pytest.raises(ValueError, match="not connected"):
        panel.say("too early")
    panel.join()
    await panel.connected()
    for text in ("", "x" * 1_001):
        with pytest.raises(ValueError, match="1 to 1,000 characters"):
            panel.say(text)
    panel._line.value = "y" * 1_001
    await until(lambda: "1,001" in panel.state)
    assert panel._line.value == "y" * 1_001
    panel.leave()
    await panel.left()


@in_loop
async def test_it_comes_back_for_what_it_has_missed() -> None:
    """A connection is lost, and what is said meanwhile comes with the next one."""
    panel, other = chat_panel("Ada", room="back"), chat_panel("Bo", room="back")
    for each in (panel, other):
        each.join()
        await each.connected()
    other.say("before")
    await until(lambda: len(panel.messages) == 1)
    assert panel._socket is not None
    await panel._socket.close()
    other.say("while you were away")
    await until(lambda: len(panel.messages) == 2)
    assert panel.state == "connected"
    for each in (panel, other):
        each.leave()
        await each.left()


@in_loop
async def test_bad_arguments_are_named() -> None:
    for name in ("", "x" * 65, 3):
        with pytest.raises(ValueError, match="name is a text of 1 to 64 characters"):
            chat_panel(name)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="room is a text"):
        chat_panel("Ada", room="")
    with pytest.raises(ValueError, match="address is that of a practice API"):
        chat_panel("Ada", address="ftp://somewhere")
