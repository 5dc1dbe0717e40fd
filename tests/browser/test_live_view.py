"""The live view in a real browser: in JupyterLab beside cells that run, and as a page of its own."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import requests
from lab_page import LabPage, save_cell
from live_lab import LiveLab
from playwright.sync_api import Page, expect

from browser.small_notebook import write_notebook
from helpers import practice_api
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.xdist_group("a browser")

END = 30_000.0  # milliseconds that a wait may take on a busy machine before the test fails

TIMES = "\N{MULTIPLICATION SIGN}"

CELLS = {
    "setup": """from concurrent.futures import ThreadPoolExecutor
import requests
from helpers import practice_api
api = practice_api()
ask = lambda seconds: requests.get(api.url("/countries/FR", delay=seconds, client="secret"))""",
    "live": "api.live()",
    "blocking": "api.reset()\nfor _ in range(8):\n    ask(0.5)",
    "concurrent": "api.reset()\nwith ThreadPoolExecutor(50) as pool:\n    list(pool.map(ask, [6.0] * 50))",
}

# The functions and variables of the page itself: what it draws is not in the document.
STAND_ON_ONE_ANOTHER = "Math.max(0, ...bars.map(bar => bar.lane + 1))"
COUNT_DRAWINGS = "const drawing = draw; window.drawings = 0; draw = () => { window.drawings++; drawing(); }"
COUNT_SENTENCES = """window.sentences = [];
new MutationObserver(() => sentences.push($("sentence").textContent)).observe($("sentence"), {childList: true})"""


@pytest.fixture(scope="module")
def api() -> Iterator[PracticeAPI]:
    api = practice_api()
    yield api
    api.stop()


@pytest.fixture
def live(page: Page, api: PracticeAPI) -> Page:
    """The live view as a page of its own."""
    api.reset()
    page.goto(f"{api.base}/")
    expect(page.locator("#state")).to_have_text("live", timeout=END)
    return page


@contextmanager
def in_flight(api: PracticeAPI, count: int, seconds: float) -> Iterator[None]:
    """So many requests at once from this process, which take so many seconds."""
    with ThreadPoolExecutor(count) as pool:
        asked = [pool.submit(requests.get, api.url("/countries/FR", delay=seconds, n=n)) for n in range(count)]
        yield
        assert all(future.result().ok for future in asked)


@contextmanager
def held(api: PracticeAPI, count: int) -> Iterator[None]:
    """So many requests at once from this process, which get no answer while the block is open."""
    with ExitStack() as connections:
        for n in range(count):
            connection = connections.enter_context(closing(HTTPConnection("127.0.0.1", api.port)))
            connection.request("GET", api.url("/stall", n=n).removeprefix(api.base))
        yield


def test_one_becomes_fifty_while_the_kernel_is_busy(lab: LiveLab, page: Page, screenshots: Path | None) -> None:
    write_notebook(lab.root / "live.ipynb", CELLS)
    lab_page = LabPage(page)
    lab_page.open(lab, "live.ipynb")
    for name in ("setup", "live"):
        lab_page.start(name)
        expect(lab_page.cell(name).locator(".jp-InputPrompt")).to_have_text("[1]:" if name == "setup" else "[2]:")
    output = lab_page.cell("live").locator("iframe")
    frame = output.content_frame
    expect(frame.locator("#state")).to_have_text("live", timeout=END)
    assert output.get_attribute("title")

    lab_page.start("blocking")
    expect(frame.locator("#in-flight")).to_have_text("1", timeout=END)
    assert lab_page.state()["kernel"] == "busy"
    first = number_of_answers(frame.locator("#answers").inner_text())
    expect(frame.locator("#answers")).not_to_have_text(chip(200, first) if first else "none", timeout=END)
    expect(frame.locator("#answers")).to_have_text(chip(200, 8), timeout=END)
    expect(frame.locator("#peak")).to_have_text("1")
    assert frame.locator("body").evaluate(f"() => {STAND_ON_ONE_ANOTHER}") == 1
    expect(frame.locator("#in-flight")).to_have_text("0", timeout=END)

    lab_page.start("concurrent")
    expect(frame.locator("#in-flight")).to_have_text("50", timeout=END)
    expect(frame.locator("#connections")).to_have_text("50")
    assert lab_page.state()["kernel"] == "busy"
    assert frame.locator("body").evaluate(f"() => {STAND_ON_ONE_ANOTHER}") == 50
    assert "secret" not in frame.locator("body").evaluate("() => JSON.stringify([bars, last, document.body.innerText])")
    if screenshots:
        save_cell(lab_page, "live", screenshots)
    expect(frame.locator("#answers")).to_have_text(chip(200, 50), timeout=END)


def chip(status: int, count: int) -> str:
    return f"{status} {TIMES} {count}"


def number_of_answers(told: str) -> int:
    return int(told.partition(f"{TIMES} ")[2] or 0)


def test_it_is_worked_by_keyboard(live: Page, api: PracticeAPI) -> None:
    button = live.locator("#pause")
    live.keyboard.press("Tab")
    expect(button).to_be_focused()
    live.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(live.locator("#state")).to_have_text("paused")
    with in_flight(api, 3, 1.0):
        live.wait_for_timeout(500)
        expect(live.locator("#in-flight")).to_have_text("0")
    live.keyboard.press("p")
    expect(live.locator("#state")).to_have_text("live", timeout=END)
    expect(button).to_have_text("Pause")
    expect(live.locator("#answers")).to_have_text(chip(200, 3), timeout=END)
    live.keyboard.press("Tab")
    expect(live.get_by_role("link", name="All routes")).to_be_focused()
    expect(live.get_by_role("link", name="Full page")).to_be_hidden()  # it is one


def test_the_sentence_never_says_that_nothing_was_beside_what_was(live: Page, api: PracticeAPI) -> None:
    said = live.get_by_role("status")
    expect(said).to_have_text("Nothing in flight. The server waits for requests.", timeout=END)
    with held(api, 5):
        expect(live.locator("#in-flight")).to_have_text("5", timeout=END)
        assert "Nothing" not in said.inner_text()
        assert int(live.locator("#connections").inner_text()) >= 5


def test_a_reader_hears_a_sentence_now_and_then(live: Page, api: PracticeAPI) -> None:
    live.evaluate(COUNT_SENTENCES)
    with held(api, 30), held(api, 10):
        live.wait_for_timeout(3500)
    expect(live.get_by_role("status")).to_have_text(
        "Nothing in flight. 40 requests are over since the reset.", timeout=END
    )
    sentences: list[str] = live.evaluate("() => window.sentences")
    assert len(sentences) <= 4
    assert any(sentence.startswith("Up to 40 requests in flight at once") for sentence in sentences)
    assert live.get_by_role("img").get_attribute("aria-describedby") == "sentence"


def test_very_many_are_an_area(live: Page, api: PracticeAPI) -> None:
    with held(api, 100):
        expect(live.locator("#in-flight")).to_have_text("100", timeout=END)
        expect(live.locator("#peak")).to_have_text("100")
        assert live.evaluate("() => slices.at(-1).whole") is False
    expect(live.locator("#in-flight")).to_have_text("0", timeout=END)
    with held(api, 2):
        expect(live.locator("#in-flight")).to_have_text("2", timeout=END)
        assert live.evaluate("() => slices.at(-1).whole") is True


def test_light_and_dark(live: Page) -> None:
    seen: list[dict[str, Any]] = []
    for scheme in ("light", "dark"):
        live.emulate_media(color_scheme=scheme)
        live.wait_for_timeout(200)
        seen.append(
            live.evaluate("""() => {
                const body = getComputedStyle(document.body);
                return {ground: body.backgroundColor, ink: body.color, drawn: {...colours}};
            }""")
        )
    live.emulate_media(color_scheme="light")
    light, dark = seen
    assert brightness(light["ground"]) > 230 > 60 > brightness(light["ink"])
    assert brightness(dark["ground"]) < 60 < 230 < brightness(dark["ink"])
    assert not set(light["drawn"]["ages"]) & set(dark["drawn"]["ages"])


def brightness(colour: str) -> float:
    parts = [float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(parts) / len(parts)


def test_reduced_motion_is_honoured(live: Page, api: PracticeAPI) -> None:
    live.evaluate(f"() => {{ {COUNT_DRAWINGS} }}")
    with held(api, 2):
        live.wait_for_timeout(1500)
        moving = live.evaluate("() => window.drawings")
        live.emulate_media(reduced_motion="reduce")
        before = live.evaluate("() => [performance.now(), window.drawings]")
        live.wait_for_timeout(1500)
        after = live.evaluate("() => [performance.now(), window.drawings]")
        expect(live.locator("#in-flight")).to_have_text("2")
    live.emulate_media(reduced_motion="no-preference")
    assert moving > 5
    assert after[1] - before[1] <= (after[0] - before[0]) / 1000 + 1


def test_it_comes_back_when_the_server_does(page: Page) -> None:
    with alone(0) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#state")).to_have_text("live", timeout=END)
    expect(page.locator("#state")).to_have_text("not connected", timeout=END)
    with alone(port):
        expect(page.locator("#state")).to_have_text("live", timeout=END)
        requests.get(f"http://127.0.0.1:{port}/flaky?rate=1", timeout=10)
        expect(page.locator("#answers")).to_have_text(chip(503, 1), timeout=END)


@contextmanager
def alone(port: int) -> Iterator[int]:
    """The practice API without a kernel; yields its port."""
    command = [sys.executable, "-m", "helpers.servers.practice_api", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().partition("127.0.0.1:")[2].partition("/")[0])
        finally:
            process.terminate()
