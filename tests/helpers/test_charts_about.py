"""What a chart of several runs is about, where its caller says so, and what it says when nobody does."""

import warnings
from dataclasses import replace
from typing import Any

import pandas
import pytest
from activities import activity, in_threads, on_a_loop, one_by_one, panel
from test_charts import staircase
from test_task_chart import axes_of, fetches, jobs_of_tasks, texts

from helpers import measure
from helpers import side_by_side as runs_side_by_side
from helpers.charts import latency, side_by_side, timeline
from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN
from helpers.charts.inputs.activity import BLOCKING, RUNNING, WAITING, Activity, Block
from helpers.charts.requests.attempts import attempt_rows, last_of_each
from helpers.charts.tasks.facts import partly_run
from helpers.charts.tasks.turns import longest_without_turn


def bystander(held: float) -> Activity:
    """A loop with a task that wants a turn every 0.1 s, and another that holds the loop once for so long."""
    rows = [("cell", "task", 0.0, 1.0), ("bystander", "task", 0.0, 1.0), ("worker", "task", 0.1, 0.1 + held)]
    spans = [(1, RUNNING, 0.0, 0.001), (1, WAITING, 0.001, 0.1 + held), (1, RUNNING, 0.1 + held, 0.101 + held)]
    spans += [(1, WAITING, 0.101 + held, 1.0), (2, RUNNING, 0.1, 0.1 + held)]
    return activity("loop", rows, spans, 1.0)


def titles(chart: Any) -> str:
    """The lines of the title, which stand first, as one."""
    bold = [text for text in axes_of(chart, "canvas").texts if text.get_fontsize() == style.TITLE]
    return " ".join(text.get_text() for text in bold)


def test_the_longest_time_without_a_turn_is_found_between_two_steps() -> None:
    found = longest_without_turn(bystander(0.8), "bystander")
    assert found is not None and (found.row, found.start, found.end) == (1, 0.001, pytest.approx(0.9))
    assert longest_without_turn(bystander(0.8), "nobody") is None


def test_a_chart_about_a_row_tells_how_long_it_had_no_turn_and_marks_it() -> None:
    chart = side_by_side(
        [panel(bystander(0.8), "blocked", wall=1.0), panel(bystander(0.05), "free", wall=1.0)], about="bystander"
    )
    assert titles(chart) == "bystander: up to 899 ms between two turns (blocked), 849 ms (free)"
    assert chart.sentence.startswith("Bystander: up to 899 ms between two turns (blocked), 849 ms (free).")
    assert {"899 ms", "849 ms"} <= set(texts(chart))


def test_what_a_chart_cannot_be_about_is_said_with_what_it_can() -> None:
    two = [panel(bystander(0.8)), panel(bystander(0.1), "other")]
    with pytest.raises(
        ValueError, match="about is the name of a row, such as 'cell', 'bystander' and 'worker'; no run"
    ):
        side_by_side(two, about="watcher")
    with pytest.raises(
        ValueError, match="about is the path of a request, such as '/ping'; no run asked for 'bystander'"
    ):
        side_by_side(two, view="requests", about="bystander")
    with pytest.raises(ValueError, match="about"):
        latency([staircase(3)], about="mode")
    with measure("one") as one, pytest.raises(RuntimeError):
        one.timeline()
    with measure("two") as two:
        pass
    with pytest.raises(TypeError, match="same_job"):
        runs_side_by_side(one, two, same_job="yes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="about"):
        runs_side_by_side(one, two, about=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="about"):
        one.latency(about="mode")  # type: ignore[arg-type]


def failing(outcomes: list[str]) -> Activity:
    rows = [("cell", "task", 0.0, 0.5), *(("fetch", "task", 0.0, 0.1 + 0.1 * n) for n in range(len(outcomes)))]
    what = activity("loop", rows, [(n, WAITING, 0.0, 0.1 * n) for n in range(1, len(rows))], 0.5)
    what.rows["outcome"] = ["ok", *outcomes]
    return what


def test_where_a_task_fails_in_each_run_the_title_says_what_became_of_the_others() -> None:
    chart = side_by_side(
        [panel(failing(["error", "ok", "ok"]), "gather"), panel(failing(["error", *["cancelled"] * 2]))]
    )
    assert titles(chart) == "After the first failure: 2 went on to the end (gather); 2 cancelled (a run)"
    early = failing(["cancelled", "ok", "error", "ok", "ok"])  # the first two were over, the last one came later
    early.rows.loc[5, "start"] = 0.45
    chart = side_by_side([panel(early, "gather"), panel(failing(["error", "ok"]))])
    assert titles(chart) == "After the first failure: 1 went on to the end (gather); 1 went on to the end (a run)"
    alone = [panel(failing(["ok", "error"])), panel(failing(["ok", "error"]), "other")]
    assert "After the first failure" not in titles(side_by_side(alone))
    mixed = side_by_side([panel(failing(["error", "ok"])), panel(failing(["ok", "ok"]), "other")])
    assert "After the first failure" not in titles(mixed)


def test_rows_have_names_up_to_eight_and_numbers_beyond() -> None:
    few, many = panel(on_a_loop(fetches(8))), panel(on_a_loop(fetches(9)), "many")
    chart = side_by_side([few, many])
    named = [[label.get_text() for label in axes_of(chart, name).get_yticklabels()] for name in ("a run", "many")]
    assert named == [[f"fetch #{n}" for n in range(1, 9)], ["1", "9"]]


def test_runs_of_one_job_compare_though_they_asked_for_different_things() -> None:
    page, all_pages = staircase(1, wall=0.2), staircase(5, wall=0.8)
    apart, together = side_by_side([page, all_pages]), side_by_side([page, all_pages], same_job=True)
    assert "their times do not compare directly" in apart.sentence
    assert "do not compare" not in together.sentence and "4.0 times as long" in together.sentence


def test_the_mean_is_drawn_and_told_where_it_is_the_matter() -> None:
    run = staircase(4)
    mean = run.requests["latency"].mean()
    chart = latency([run, staircase(4)], about="mean")
    drawn = [line for line in axes_of(chart, "latency").lines if line.get_label() == "mean"]
    assert [line.get_xdata()[0] for line in drawn] == pytest.approx([mean, mean])  # type: ignore[index]
    assert titles(chart).startswith("Mean latency: 100 ms") and "mean" in chart.sentence
    plain = latency([run])
    assert not [line for line in axes_of(plain, "latency").lines if line.get_label() == "mean"]


def attempts(*rows: tuple[str, float, float, bool]) -> pandas.DataFrame:
    table = pandas.DataFrame(rows, columns=["url", "start", "end", "ok"])
    return table.assign(method="GET")


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (attempts(("/a", 0, 1, False), ("/a", 1, 2, False), ("/a", 3, 4, True)), [0, 0, 0]),
        (attempts(("/a", 0, 1, False), ("/b", 1, 2, True), ("/a", 2, 3, True)), [0, 1, 0]),
        (attempts(("/a", 0, 1, True), ("/a", 1, 2, True)), [0, 1]),
        (attempts(("/a", 0, 2, False), ("/a", 1, 3, True)), [0, 1]),  # both at once: no second attempt
        (attempts(("/a", 0, 1, False), ("/a", 0, 1, False), ("/a", 2, 3, True), ("/a", 2, 3, True)), [0, 1, 0, 1]),
        # a load: who asks after a failure may be anybody
        (attempts(("/a", 0, 1, False), ("/a", 1, 2, True), ("/a", 2, 3, True), ("/b", 3, 4, False)), [0, 1, 2, 3]),
        (attempts(), []),
    ],
)
def test_what_has_failed_and_is_tried_again_keeps_its_row(table: pandas.DataFrame, rows: list[int]) -> None:
    found = attempt_rows(table)
    assert found.tolist() == rows
    if rows:
        assert last_of_each(found).tolist() == [max(n for n, at in enumerate(rows) if at == row) for row in set(rows)]


def test_attempts_share_a_row_that_tells_their_number() -> None:
    run = staircase(3)
    run.requests.loc[0, ["ok", "status"]] = [False, 503]
    run.requests["url"] = run.requests["path"] = ["/page", "/page", "/other"]
    run.requests["start"] = [0.0, 0.1, 0.2]
    run.requests["end"] = [0.05, 0.15, 0.25]
    chart = timeline(run)
    assert [label.get_text() for label in axes_of(chart, "requests").get_yticklabels()] == [
        "/page (2 attempts)", "/other",
    ]  # fmt: skip
    assert "2 calls took 3 attempts" in titles(chart) and "(1 further attempt among them)" in chart.sentence


def test_a_thread_that_ran_for_longer_than_it_computed_is_striped() -> None:
    what = in_threads(4, 4)
    what.spans["end"] = what.spans["start"] + 0.1
    what.spans["state"] = RUNNING
    ran = what.spans.groupby("row")["end"].count() * 0.1
    what.rows["end"], what.rows["cpu"] = 0.4, [ran.get(row, 0) * (row % 2) for row in range(len(what.rows))]
    partly = partly_run(what, 0.001)
    assert partly.any() and not partly.all()
    assert not partly_run(what, 0.03).any()  # where they are too narrow for stripes
    striped = [each for each in axes_of(timeline(panel(what)), "tasks").collections if each.get_label() == "partly"]
    assert len(striped) == 1 and striped[0].get_hatch()
    assert "running, or waiting for Python's lock or a processor" in texts(timeline(panel(what)))


def test_a_title_wraps_between_words_and_is_cut_between_them() -> None:
    room = style.WIDTH - 2 * MARGIN
    long = " ".join(f"{n:05}" for n in range(60))
    lines = style.wrap(long, room, style.TITLE, "bold")
    assert len(lines) == 2 and lines[1].endswith("…")
    assert all(style.text_width(line, style.TITLE, "bold") <= room for line in lines)
    assert set(" ".join(lines).rstrip("…").split()) <= set(long.split())
    said = "Django under WSGI with threads against Django under ASGI"
    begin, end = style.shorten(said, 200, style.TITLE, "bold").split("…")
    assert begin and end and {*begin.split(), *end.split()} <= set(said.split())


def test_a_chart_of_requests_about_a_path_tells_its_slowest_and_marks_it() -> None:
    quick, held = staircase(3), staircase(4)
    for run, latency_of_ping in ((quick, 0.05), (held, 0.3)):
        run.requests["path"] = ["/ping", *["/page"] * (len(run.requests) - 2), "/ping"]
        run.requests.loc[run.requests.index[-1], ["latency", "end"]] = [
            latency_of_ping + 0.06, run.requests["start"].iloc[-1] + latency_of_ping + 0.06,
        ]  # fmt: skip
    chart = side_by_side([quick, held], view="requests", about="/ping")
    assert titles(chart) == "/ping took up to 110 ms (a run #1), 360 ms (a run #2)"
    assert chart.sentence.startswith("/ping took up to 110 ms (a run #1), 360 ms (a run #2). ")
    labels = [[label.get_text() for label in axes_of(chart, f"a run #{n}").get_yticklabels()] for n in (1, 2)]
    assert labels == [["/ping"], ["/ping"]]
    assert [axes_of(chart, f"a run #{n}").get_yticks().tolist() for n in (1, 2)] == [[2], [3]]
    assert {"110 ms", "360 ms"} <= set(texts(chart))
    with pytest.raises(ValueError, match="such as '/ping' and '/page'; no run asked for '/pong'"):
        side_by_side([quick, held], view="requests", about="/pong")


def test_single_requests_of_one_length_are_told_apart_by_their_first_byte() -> None:
    at_once, at_the_end = staircase(1, wall=0.5), staircase(1, wall=0.5)
    for run, reading in ((at_once, 0.09), (at_the_end, 0.0)):
        run.requests["reading"], run.requests["waiting"] = reading, run.requests["latency"] - reading
    chart = side_by_side([at_once, at_the_end], view="requests", same_job=True)
    assert titles(chart).startswith("First byte after 9.9 ms (a run #1), 100 ms (a run #2); all took about 500 ms")
    assert "First byte" not in titles(side_by_side([at_the_end, at_the_end], view="requests"))
    assert "First byte" not in titles(side_by_side([staircase(2), staircase(2)], view="requests"))
    never = staircase(1, wall=0.5)  # no byte has come of a request that timed out
    never.requests[["status", "error", "ok"]] = [pandas.NA, "TimeoutError", False]
    assert "First byte" not in titles(side_by_side([at_once, never], view="requests"))


def test_runs_that_broke_off_are_not_told_to_have_had_bad_answers() -> None:
    broken = side_by_side([staircase(2), staircase(2, outcome="error: ValueError")], view="requests").sentence
    assert "Not all of them ran to the end, so their times do not compare directly." in broken
    assert "good answer" not in broken


def test_a_name_without_a_font_is_measured_as_it_is_drawn() -> None:
    """And matplotlib does not warn the learner of it."""
    no_letter = "task \U0010fffd"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert style.text_width(no_letter, style.TEXT) == style.text_width(style.drawable(no_letter), style.TEXT)


def test_a_title_on_two_lines_has_no_single_word_on_the_last() -> None:
    room = style.WIDTH - 2 * MARGIN
    long = "“server-sent events” and “WebSocket” deliver soonest; “polling every 0.05 s” asks most"
    lines = style.wrap(long, room, style.TITLE, "bold")
    assert len(lines) == 2 and " ".join(lines) == long and len(lines[1].split()) > 3
    numbers = style.wrap(" ".join(f"{n} ms" for n in range(100, 140)), room, style.TITLE, "bold", most=9)
    assert len(numbers) > 2 and all(line.endswith("ms") for line in numbers)
    assert style.wrap("short", room, style.TITLE, "bold") == ["short"]


def test_where_runs_opened_other_numbers_of_connections_the_title_tells_them() -> None:
    anew, kept = staircase(4, title="anew"), staircase(4, title="kept")
    kept.requests.loc[1:, "connection"] = "reused"
    title = titles(side_by_side([anew, kept], view="requests"))
    assert title == "Same 4 requests: 401 ms over 4 connections (anew), 401 ms over 1 (kept)"
    assert "connection" not in titles(side_by_side([anew, anew], view="requests"))
    # Who opened none may have opened it before the block.
    kept.requests["connection"] = "reused"
    assert "connection" not in titles(side_by_side([anew, kept], view="requests"))


def test_a_chart_about_a_row_has_the_blocks_own_row_in_all_panels_or_in_none() -> None:
    waits, held = bystander(0.8), bystander(0.05)
    held.spans.loc[len(held.spans)] = [0, BLOCKING, 0.5, 0.6]
    both = [panel(waits, "waits"), panel(held, "held")]

    def rows(*panels: Any, about: str) -> list[list[str]]:
        chart = side_by_side(panels, about=about)
        return [[label.get_text() for label in axes_of(chart, one.title).get_yticklabels()] for one in panels]

    assert rows(*both, about="bystander") == [["cell", "bystander", "worker"]] * 2
    assert rows(*both, about="") == [["bystander", "worker"], ["cell", "bystander", "worker"]]
    assert rows(both[0], panel(waits, "again"), about="bystander") == [["bystander", "worker"]] * 2
    assert rows(both[0], panel(waits, "again"), about="cell") == [["cell", "bystander", "worker"]] * 2


def test_one_request_is_told_by_its_own_time_and_longest_phase() -> None:
    one = panel(None, requests=staircase(1).requests, wall=0.5)
    assert titles(timeline(one)) == "a run: 1 request took 100 ms, 100 % of its time waiting for the first byte"


def test_a_block_that_made_nothing_says_so() -> None:
    alone = activity("loop", [("cell", "task", 0.0, 0.2)], [(0, RUNNING, 0.0, 0.002), (0, WAITING, 0.002, 0.2)], 0.2)
    assert titles(timeline(panel(alone))) == "a run: no task or request seen in 200 ms"
    asked = panel(alone, requests=staircase(1).requests)
    assert titles(timeline(asked)) == "a run: 1 request in 200 ms"


def losing(lost: int, title: str) -> Any:
    run = staircase(10, title=title)
    run.requests.loc[: lost - 1, ["ok", "status", "error"]] = [False, None, "TimeoutError"]
    return run


def test_failures_of_a_single_run_are_counted_at_their_crosses_and_those_of_several_are_not() -> None:
    assert "2 failed" in texts(latency([staircase(10), losing(2, "one")]))
    assert "2 failed" not in texts(latency([losing(3, "two"), losing(2, "one")]))


def test_percentiles_in_the_tail_are_named_where_they_are_known() -> None:
    def named(count: int) -> list[str]:
        return [said for said in texts(latency([staircase(count)])) if said in ("p50", "p95", "p99")]

    assert named(40) == [] and named(80) == ["p95"]
    run = staircase(400)
    run.requests.loc[390:, "latency"] = 0.9
    assert [said for said in texts(latency([run])) if said in ("p95", "p99")] == ["p95", "p99"]


def test_a_request_that_was_cancelled_is_not_drawn_as_one_that_failed() -> None:
    run = staircase(4)
    run.requests.loc[run.requests.index[2:], "ok"] = False
    run.requests["url"] = [f"/{n}" for n in range(4)]  # else one would be a further attempt at the other
    run.requests["error"] = ["", "", "TimeoutError", "CancelledError"]
    drawn = {each.get_label(): each for each in axes_of(timeline(run, "requests"), "requests").collections}
    assert [drawn[name].get_offsets().tolist()[0][1] for name in ("failed", "cancelled")] == [2, 3]  # type: ignore[union-attr]
    assert {"failed", "cancelled"} <= set(texts(timeline(run, "requests")))
    run.requests["error"] = ["", "", "CancelledError", "CancelledError"]
    assert "failed" not in texts(timeline(run, "requests"))


def test_threads_without_a_pool_have_no_queue_in_the_legend() -> None:
    jobs, threads = in_threads(4, 2), in_threads(4, 2)
    threads.rows["kind"] = "thread"
    assert "queued, no thread free" in texts(timeline(panel(jobs)))
    said = texts(timeline(panel(threads)))
    assert "started, not running yet" in said and "queued, no thread free" not in said


def test_a_single_run_says_what_became_of_the_others_after_a_failure() -> None:
    assert titles(timeline(panel(failing(["error", "ok", "ok"])))).endswith(
        "after the first failure 2 went on to the end"
    )
    assert "after the first failure" not in titles(timeline(panel(failing(["ok", "ok"]))))
    held = failing(["error", "ok", "ok"])
    held = replace(held, blocks=(Block(0, 0.0, 0.4, "grind", "sum(all_of_them)", "In[1], line 2"),))
    assert titles(timeline(panel(held))).endswith("cell held the loop for 400 ms, 1 failed")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ([0.1, 0.2, 0.3, 0.4], True),
        ([0.4, 0.1, 0.3, 0.2], True),
        ([0.1, 0.1, 0.3, 0.4], False),  # two at once
        ([0.4, 0.4, 0.4, 0.4], False),
        ([0.1, 0.2, 0.3], False),  # too few to tell
    ],
)
def test_what_began_together_and_ended_in_even_steps_was_done_one_after_another(ends: list[float], said: bool) -> None:
    rows = [("cell", "task", 0.0, 0.5), *(("ask", "task", 0.0, end) for end in ends)]
    what = activity("loop", rows, [(n, WAITING, 0.0, end) for n, end in enumerate(ends, 1)], 0.5)
    assert ("done one after another" in titles(timeline(panel(what)))) == said


def test_a_panel_counts_jobs_beside_its_tasks_and_tells_what_only_the_server_saw() -> None:
    beside = panel(jobs_of_tasks(), "with jobs")
    seen = panel(one_by_one(3), "seen", requests=staircase(3).requests.assign(library=["urllib", "server", "server"]))
    written = " ".join(texts(side_by_side([beside, seen])))
    assert "1 task on one event loop, 1 job in threads" in written
    assert "1 request on one thread, 2 requests that the server saw" in written


def test_a_first_request_that_comes_late_is_told() -> None:
    late = staircase(3, wall=0.9)
    assert "the first one after" not in " ".join(texts(timeline(late, "requests")))
    late.requests[["start", "end"]] += 0.5
    assert "the first one after 500 ms" in " ".join(texts(timeline(late, "requests")))
