"""Labels, names and paths in any script: each character is drawn, or has a sign in its place, and nothing warns."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from activities import on_a_loop, one_by_one, panel
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from helpers.charts import Chart, side_by_side, timeline
from helpers.charts.canvas import characters, style
from helpers.charts.canvas.canvas import Canvas
from helpers.charts.requests.starts_over_time import Starts, arrivals

ODD = {
    "emoji": "run 🚀 done ✅",
    "a family": "👨‍👩‍👧 home",
    "flag and tone": "🇫🇷 👋🏽",
    "heart": "❤️ me",
    "Chinese": "中文测试",
    "Hindi": "हिन्दी",
    "Arabic": "مرحبا بالعالم",
    "Hebrew": "שלום",
    "control": "bell\x07 esc\x1b nul\x00 del\x7f",
    "direction": "a\u202egnp.exe",
    "accents": "e\u0301 Zürich Łódź",
}


@pytest.fixture
def no_fallbacks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine that has no fonts but matplotlib's."""
    yield from _with(monkeypatch, ())


def _with(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> Iterator[None]:
    monkeypatch.setattr(characters, "FALLBACKS", names)
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    characters._fallbacks.cache_clear()
    style.text_width.cache_clear()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("plain", "plain"),
        ("Zürich 日\n本", "Zürich □ □"),
        ("日本語", "□□□"),
        ("👨‍👩‍👧 home", "□ home"),
        ("🇫🇷 👋🏽", "□ □"),
        ("हिन्दी", "□□□"),
        ("bell\x07 nul\x00", "bell\\x07 nul\\x00"),
        ("a\u202egnp", "a□gnp"),
        ("a\u200bb", "a□b"),
        ("a\ud800b", "a□b"),
        ("e\u0301", "e\u0301"),
    ],
)
@pytest.mark.usefixtures("no_fallbacks")
def test_what_no_font_has_becomes_one_sign_for_each_character_that_people_count(text: str, drawn: str) -> None:
    assert style.drawable(text) == drawn


@pytest.mark.usefixtures("no_fallbacks")
def test_bold_letters_and_those_of_code_are_fonts_of_their_own() -> None:
    sans, bold, mono = (
        set(font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=family, weight=weight)))
            .get_charmap())
        for family, weight in ((style.FONT, "normal"), (style.FONT, "bold"), (style.CODE_FONT, "normal"))
    )  # fmt: skip
    only_normal, only_sans = chr(min(sans - bold)), chr(min(sans - mono))
    assert style.drawable(only_normal) == only_normal and style.drawable(only_normal, "bold") == "□"
    assert style.drawable(only_sans) == only_sans and style.drawable(only_sans, family=style.CODE_FONT) == "□"


def _charts(name: str) -> list[Chart]:
    """Every kind of chart that has labels, names of tasks, lines of code and paths, with this one for all of them."""
    what = on_a_loop([[0.001, 0.1, 0.15], [0.001, 0.1, 0.001]], names=[name, f"{name} #2"])
    what = replace(what, blocks=tuple(replace(block, line=f"work('{name}')", place=name) for block in what.blocks))
    what.rows.loc[1, ["outcome", "error"]] = ["error", name]
    plain = one_by_one(2)
    plain.rows["name"] = name
    both = [panel(what, name), panel(plain, f"{name} again")]
    return [*map(timeline, both), side_by_side(both), arrivals([Starts(name, [0.1])], 0.05)]


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_any_label_is_drawn_without_a_warning_and_said_as_it_is(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for chart in _charts(name):
            chart.canvas.draw()
    if name.isprintable():
        assert name in side_by_side([panel(one_by_one(2), name), panel(one_by_one(2), "other")]).sentence


def test_half_a_character_is_drawn_too() -> None:
    """As a label only: pandas, where pyarrow is installed, takes it into no table."""
    assert timeline(panel(one_by_one(2), "a\ud800b")).png()


def test_all_that_a_canvas_writes_can_be_drawn() -> None:
    canvas = Canvas(100, "")
    assert canvas.text(10, 10, "a\x07b").get_text() == "a\\x07b"


def _font(path: Path, family: str, character: str) -> None:
    """Write a font that has one character, a square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (700, 700), (700, 0)):
        pen.lineTo(corner)
    pen.closePath()
    glyphs = {".notdef": TTGlyphPen(None).glyph(), "box": pen.glyph()}
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(list(glyphs))
    made.setupCharacterMap({ord(character): "box"})
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics(dict.fromkeys(glyphs, (800, 0)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": family, "styleName": "Regular"})
    made.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    made.setupPost()
    made.save(path)


@pytest.fixture
def another_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine that has a font for one Chinese character."""
    path = tmp_path / "one.ttf"
    _font(path, "One Of Many", "中")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    font_manager.fontManager.addfont(path)
    yield from _with(monkeypatch, ("Not Here", "One Of Many"))


@pytest.mark.usefixtures("another_font")
def test_a_font_of_the_machine_draws_what_matplotlibs_lacks(caplog: pytest.LogCaptureFixture) -> None:
    assert characters.families(style.FONT) == [style.FONT, "One Of Many"]
    with style.house():
        assert style.drawable("中文") == "中□" and style.drawable("中", "bold") == "中"
        assert style.text_width("中", 9) > 5
        chart = Chart(100, "")
        chart.text(0.2, 0.2, "中", weight="bold", size=20)
    chart.canvas.draw()
    assert (np.asarray(chart.canvas.buffer_rgba()) < 128).any(axis=2).sum() > 50  # type: ignore[attr-defined]
    assert caplog.records == []


@pytest.mark.parametrize("draw", [timeline, lambda run: side_by_side([run, run])])
@pytest.mark.usefixtures("no_fallbacks")
def test_names_that_differ_in_such_characters_alone_keep_their_rows(draw: Callable[[Any], Chart]) -> None:
    chart = draw(panel(on_a_loop([[0.001, 0.1, 0.001]] * 3, names=["日", "本", "語"]), "日本"))
    plot = next(axes for axes in chart.axes if axes.get_label() not in ("canvas", "strip"))
    assert [label.get_text() for label in plot.get_yticklabels()][-3:] in (["□"] * 3, ["1", "3"])


def test_a_name_that_is_read_from_the_right_leaves_the_order_of_the_words_around_it() -> None:
    name, mark = "مرحبا بالعالم", "\N{LEFT-TO-RIGHT MARK}"
    written = style.drawable(f"{name}: 2 tasks, שלום #2")
    assert written == f"{mark}{name}{mark}: 2 tasks, {mark}שלום{mark} #2"
    assert style.drawable(written) == written
    assert style.text_width(written, 9) == style.text_width(written.replace(mark, ""), 9)
