"""Two people in two browser tabs, each with a kernel of its own, talk in one room of the practice API's chat."""

from pathlib import Path

import pytest
from lab_page import LabPage, save_cell
from live_lab import LiveLab
from playwright.sync_api import Browser, Locator, Page, expect

from browser.small_notebook import write_notebook

pytestmark = pytest.mark.xdist_group("a browser")

END = 60_000.0
"""Milliseconds that a wait may take on a busy machine before the test fails."""

HERE = """from helpers import chat_panel, practice_api
api = practice_api()
print(api.base)"""
PANEL = "panel = chat_panel({name!r}, room='class', address={address!r})\npanel"


BOTH = ["Ada", "Good", "morning", "Bo", "<b>Good</b>", "morning,", "Ada"]


class Talker:
    """One tab with a chat panel in it."""

    def __init__(self, page: Page, lab: LiveLab, name: str) -> None:
        self.lab_page = LabPage(page)
        self.name = name
        self.file = f"{name}.ipynb"
        self.lab = lab

    def open(self, address: str) -> None:
        write_notebook(
            self.lab.root / self.file, {"here": HERE, "panel": PANEL.format(name=self.name, address=address)}
        )
        self.lab_page.open(self.lab, self.file)
        self.lab_page.start("here")
        expect(self.cell("here").locator(".jp-OutputArea-output")).to_contain_text("http://127.0.0.1", timeout=END)

    def join(self) -> None:
        self.lab_page.start("panel")
        self.cell("panel").get_by_role("button", name="Join").click(timeout=END)
        expect(self.cell("panel").get_by_role("status")).to_have_text("connected", timeout=END)

    def cell(self, cell_id: str) -> Locator:
        return self.lab_page.cell(cell_id)

    def say(self, text: str) -> None:
        line = self.cell("panel").get_by_placeholder("say something")
        line.fill(text)
        line.press("Enter")

    def leave(self) -> None:
        self.cell("panel").get_by_role("button", name="Leave").click()
        expect(self.cell("panel").get_by_role("status")).to_have_text("left", timeout=END)

    @property
    def heard(self) -> Locator:
        return self.cell("panel").get_by_role("log")


def test_two_tabs_talk(lab: LiveLab, page: Page, screenshots: Path | None) -> None:
    browser = page.context.browser
    assert isinstance(browser, Browser)
    ada = Talker(page, lab, "Ada")
    ada.open(address="")  # her own practice API, where the other one comes too
    ada.join()
    address = ada.cell("here").locator(".jp-OutputArea-output").inner_text().strip()
    bo = Talker(browser.new_page(viewport={"width": 1280, "height": 800}), lab, "Bo")
    try:
        bo.open(address)
        bo.join()
        ada.say("Good morning")
        expect(bo.heard).to_contain_text("Good morning", timeout=END)
        bo.say("<b>Good</b> morning, Ada")
        for talker in (ada, bo):
            expect(talker.heard).to_contain_text("<b>Good</b> morning, Ada", timeout=END)
            assert talker.heard.inner_text().split() == BOTH
        if screenshots:
            save_cell(ada.lab_page, "panel", screenshots)
        bo.leave()
        ada.say("Anybody?")
        expect(ada.heard).to_contain_text("Anybody?", timeout=END)
        expect(bo.heard).not_to_contain_text("Anybody?")
        ada.leave()
    finally:
        bo.lab_page.page.close()
