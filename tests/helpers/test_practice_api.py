"""The practice API's routes and refusals, asked over HTTP."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import Any

import pytest
import requests

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.countries import DATA, FIELDS
from helpers.servers.practice_api.delays import LONGEST, seconds

pytestmark = pytest.mark.evidence

COUNTRIES = json.loads(DATA.read_text(encoding="utf-8"))


# --- the data ---------------------------------------------------------------------------------------


def test_the_countries_are_complete_and_plausible() -> None:
    by_code = {row["code"]: row for row in COUNTRIES}
    assert len(by_code) == len(COUNTRIES) >= 190
    assert sum(row["un_member"] for row in COUNTRIES) == 193
    for row in COUNTRIES:
        assert tuple(row) == FIELDS
        assert len(row["code"]) == 2 and len(row["code3"]) == 3 and row["code3"].isupper()
        assert row["name"] and row["official_name"] and row["capital"] and row["region"] and row["subregion"]
        assert row["languages"] and row["currency"]["name"] and len(row["currency"]["code"]) == 3
        assert 0 < row["population"] < 1_500_000_000 and 0 < row["area"] < 18_000_000
    assert by_code["FR"]["capital"] == "Paris" and by_code["FR"]["currency"] == {"code": "EUR", "name": "Euro"}
    assert by_code["CH"]["languages"] == ["French", "Swiss German", "Italian", "Romansh"]
    for code, millions in {"FR": 68, "JP": 124, "BR": 210, "KE": 54, "CA": 39, "IS": 0.38}.items():
        assert 0.8 < by_code[code]["population"] / (millions * 1e6) < 1.2
    world = sum(row["population"] for row in COUNTRIES)
    assert 7.0e9 < world < 8.5e9
    land = sum(row["area"] for row in COUNTRIES)
    assert 130e6 < land < 140e6  # km2, without Antarctica


def test_a_country_is_found_by_either_code_in_any_case(api: PracticeAPI) -> None:
    answers = [requests.get(api.url(f"/countries/{code}")) for code in ("FR", "fr", "FRA", "Fra")]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json() == next(row for row in COUNTRIES if row["code"] == "FR")
    assert answers[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("Frnace", "FR"),
        ("France", "FR"),
        ("FRX", "FR"),
        ("Kenia", "KE"),
        ("ivory coast", "CI"),
        ("Zwitzerland", "CH"),
    ],
)
def test_an_unknown_country_is_a_404_with_near_matches(api: PracticeAPI, given: str, code: str) -> None:
    answer = requests.get(api.url(f"/countries/{given}"))
    told = answer.json()
    assert answer.status_code == 404
    assert code in [row["code"] for row in told["near"]]
    assert given in told["error"] and told["given"] == given and "FRA" in told["allowed"]


def test_nothing_near_is_no_suggestion(api: PracticeAPI) -> None:
    answer = requests.get(api.url("/countries/qqqqqqqqqqqq"))
    assert answer.status_code == 404
    assert answer.json()["near"] == [] and "did you mean" not in answer.json()["error"]


def test_all_countries_and_some_of_their_fields(api: PracticeAPI) -> None:
    assert requests.get(api.url("/countries")).json() == COUNTRIES
    reduced = requests.get(api.url("/countries", fields="name,population")).json()
    assert len(reduced) == len(COUNTRIES) and all(list(row) == ["name", "population"] for row in reduced)


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "given"),
    [
        ("/countries/FR", "delay", "31"),
        ("/countries/FR", "delay", "-0.1"),
        ("/countries/FR", "delay", "soon"),
        ("/countries/FR", "delay", "nan"),
        ("/countries/FR", "delay", "inf"),
        ("/countries/FR", "delay", "1_0"),
        ("/countries/FR", "delay", ""),
        ("/countries/FR", "jitter", "30.5"),
        ("/countries/FR", "tail", "1.1"),
        ("/countries/FR", "seed", "0.5"),
        ("/countries/FR", "n", "first"),
        ("/countries/FR", "client", "x" * 65),
        ("/countries", "fields", "name,anthem"),
        ("/flaky", "rate", "2"),
        ("/limited", "rate", "0"),
        ("/limited", "burst", "1.5"),
        ("/capacity", "k", "0"),
        ("/stall", "seconds", "31"),
        ("/drip", "bytes", "0"),
        ("/drip", "chunks", "100000"),
        ("/drip", "duration", "60"),
        ("/echo", "delay", "99"),
        ("/echo", "set_cookie", "no equals sign"),
        ("/stats", "log", "yes"),
    ],
)
def test_a_bad_value_is_a_400_that_says_what_is_allowed(api: PracticeAPI, path: str, name: str, given: str) -> None:
    answer = requests.get(api.url(path, **{name: given}), timeout=5)
    told = answer.json()
    assert answer.status_code == 400
    assert told["parameter"] == name and told["given"] == given
    assert name in told["error"] and told["allowed"] in told["error"]


@pytest.mark.parametrize("path", ["/countries", "/countries/FR", "/flaky", "/limited", "/capacity", "/stall", "/reset"])
def test_an_unknown_parameter_is_a_400_that_lists_the_known_ones(api: PracticeAPI, path: str) -> None:
    answer = requests.request("POST" if path == "/reset" else "GET", api.url(path, dellay=1), timeout=5)
    told = answer.json()
    assert answer.status_code == 400 and told["parameter"] == "dellay" and "dellay" in told["error"]
    assert ("delay" in told["allowed"]) == (path not in ("/stall", "/reset"))
    assert ("did you mean delay?" in told["error"]) == ("delay" in told["allowed"])


def test_a_parameter_given_twice_is_refused(api: PracticeAPI) -> None:
    answer = requests.get(api.url("/countries/FR", delay=[0, 1]))
    assert answer.status_code == 400 and "twice" in answer.json()["error"]


@pytest.mark.parametrize("size", ["50000001", "-1", "many", "1.5"])
def test_a_bad_size_is_a_400(api: PracticeAPI, size: str) -> None:
    answer = requests.get(api.url(f"/bytes/{size}"))
    assert answer.status_code == 400 and "50,000,000" in answer.json()["allowed"]


def test_an_unknown_path_and_a_wrong_method_are_told_what_there_is(api: PracticeAPI) -> None:
    lost = requests.get(api.url("/contries"))
    assert lost.status_code == 404 and "did you mean /countries?" in lost.json()["error"]
    assert "/flaky" in lost.json()["allowed"]
    posted = requests.post(api.url("/countries/FR"), json={})
    assert posted.status_code == 405 and posted.headers["Allow"] == "GET, HEAD"


def test_a_label_in_the_header_is_bounded_too(api: PracticeAPI) -> None:
    answer = requests.get(api.url("/countries/FR"), headers={"X-Client": "x" * 65})
    assert answer.status_code == 400 and answer.json()["parameter"] == "X-Client"


def test_head_sends_no_body(api: PracticeAPI) -> None:
    for path in ("/countries/FR", "/bytes/200000", "/drip"):
        answer = requests.head(api.url(path))
        assert answer.status_code == 200 and answer.content == b""
        assert int(answer.headers["Content-Length"]) > 0


# --- delays -----------------------------------------------------------------------------------------


def asked(**given: Any) -> float:
    """The seconds for a request with these conditions."""
    values: dict[str, Any] = {
        "delay": 0.0,
        "jitter": 0.0,
        "tail": 0.0,
        "seed": 0,
        "identity": "GET /countries/FR?",
        **given,
    }
    return seconds(**values)


def test_a_constant_delay_is_just_that() -> None:
    assert asked(delay=0.25) == asked(delay=0.25, seed=7) == 0.25


def test_jitter_spreads_evenly_above_the_delay() -> None:
    drawn = [asked(delay=1.0, jitter=0.5, identity=f"request {i}") for i in range(2000)]
    assert 1.0 <= min(drawn) < 1.01 and 1.49 < max(drawn) < 1.5
    assert 0.23 < sum(drawn) / len(drawn) - 1.0 < 0.27
    assert len(set(drawn)) == len(drawn)


def test_the_tail_is_that_share_of_slow_requests_and_bounded() -> None:
    drawn = [asked(delay=0.1, tail=0.1, identity=f"request {i}") for i in range(5000)]
    slow = [delay for delay in drawn if delay > 0.1]
    assert 0.08 < len(slow) / len(drawn) < 0.12
    assert min(slow) >= 0.4 and max(slow) == pytest.approx(2.0)
    assert 0.05 < sum(delay > 1.9 for delay in slow) / len(slow) < 0.15  # the very slow among the slow
    assert max(asked(delay=30, jitter=30, tail=1, identity=f"{i}") for i in range(100)) == LONGEST
    assert asked(tail=1) > 0  # a slow request is slow also where no delay was asked for


def test_turning_one_knob_leaves_the_other_draws_alone() -> None:
    small = [asked(jitter=0.1, identity=f"{i}") for i in range(50)]
    large = [asked(jitter=0.2, identity=f"{i}") for i in range(50)]
    assert large == pytest.approx([2 * delay for delay in small])
    few = {i for i in range(500) if asked(delay=1, tail=0.1, identity=f"{i}") > 1}
    more = {i for i in range(500) if asked(delay=1, tail=0.3, identity=f"{i}") > 1}
    assert few < more


def test_the_delays_are_the_same_in_another_process_and_differ_by_seed() -> None:
    script = (
        "from helpers.servers.practice_api.delays import seconds\n"
        "print([seconds(0.1, 0.1, 0.2, 3, f'GET /x?n={i}') for i in range(50)])"
    )
    told = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True).stdout
        for _ in range(2)
    ]
    here = [seconds(0.1, 0.1, 0.2, 3, f"GET /x?n={i}") for i in range(50)]
    assert json.loads(told[0]) == json.loads(told[1]) == here
    assert here != [seconds(0.1, 0.1, 0.2, 4, f"GET /x?n={i}") for i in range(50)]


def worked(api: PracticeAPI, **params: object) -> float:
    """The delay that the server drew for a request, as /capacity tells it."""
    return float(requests.get(api.url("/capacity", delay=0, **params)).json()["worked"])


def test_the_same_request_has_the_same_delay_on_a_new_server(api: PracticeAPI) -> None:
    before = [worked(api, jitter=0.02, n=n) for n in range(10)]
    assert len(set(before)) == 10  # n makes equal requests different
    assert worked(api, jitter=0.02, n=0, client="somebody else") == before[0]
    assert worked(api, jitter=0.02, n=0, seed=1) != before[0]
    other = PracticeAPI()
    try:
        assert [worked(other, jitter=0.02, n=n) for n in range(10)] == before
    finally:
        other.stop()


def test_a_delay_is_kept(api: PracticeAPI) -> None:
    started = time.perf_counter()
    requests.get(api.url("/countries/FR", delay=0.3))
    assert time.perf_counter() - started > 0.29
    [row] = api.stats(log=True)["log"]
    assert row[3] - row[2] > 0.29


# --- routes that misbehave --------------------------------------------------------------------------


def statuses(api: PracticeAPI, **params: object) -> list[int]:
    return [requests.get(api.url("/flaky", n=n // 3, **params)).status_code for n in range(60)]


def test_flaky_fails_by_its_seed_and_repeats_after_a_reset(api: PracticeAPI) -> None:
    first = statuses(api, rate=0.5)
    assert set(first) == {200, 503}
    retried = [first[i : i + 3] for i in range(0, 60, 3)]  # each request was made three times
    assert any(tries[0] == 503 and 200 in tries[1:] for tries in retried)
    api.reset()
    assert statuses(api, rate=0.5) == first
    assert statuses(api, rate=0.5) != first  # without a reset these are the attempts that follow
    api.reset()
    assert statuses(api, rate=0.5, seed=1) != first


def test_flaky_keeps_its_extremes(api: PracticeAPI) -> None:
    assert set(statuses(api, rate=0)) == {200}
    assert set(statuses(api, rate=1)) == {503}
    assert api.stats()["total"]["by_status"] == {"200": 60, "503": 60}


def test_limited_lets_a_burst_through_and_then_says_when_to_retry(api: PracticeAPI) -> None:
    session = requests.Session()
    url = api.url("/limited", rate=0.1, burst=4)
    answers = [session.get(url) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 3
    assert 0 < answers[4].json()["retry_after"] <= 10
    assert answers[4].headers["Retry-After"] == str(ceil(answers[4].json()["retry_after"]))
    assert session.get(url, headers={"X-Client": "another"}).status_code == 200  # a bucket for each label
    api.reset()
    assert session.get(url).status_code == 200


def test_limited_refills(api: PracticeAPI) -> None:
    url = api.url("/limited", rate=1, burst=1)
    assert requests.get(url).status_code == 200
    refused = requests.get(url)
    assert refused.status_code == 429
    time.sleep(refused.json()["retry_after"] + 0.01)
    assert requests.get(url).status_code == 200


def test_limited_counts_tokens_and_lets_them_be_owed(api: PracticeAPI) -> None:
    session = requests.Session()
    limits = {"rate": 1_000, "burst": 100, "token_rate": 10, "token_burst": 50}
    costs = (20, 30, 1, 0)
    answers = [session.get(api.url("/limited", tokens=cost, **limits)) for cost in costs]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert "10 a second are allowed, after 50 at once" in answers[2].json()["error"]
    api.reset()
    assert session.get(api.url("/limited", tokens=1_000, **limits)).status_code == 200  # more than it holds: owed
    assert 90 < session.get(api.url("/limited", tokens=1, **limits)).json()["retry_after"] <= 95.1


def test_capacity_works_on_k_and_queues_the_rest(api: PracticeAPI) -> None:
    with ThreadPoolExecutor(9) as threads:
        told = list(threads.map(lambda n: requests.get(api.url("/capacity", k=3, delay=0.3, n=n)).json(), range(9)))
    assert max(answer["at_work"] for answer in told) == 3
    ends = sorted(row[3] for row in api.stats(log=True)["log"])
    # Whoever is fourth begins as one of the three before has ended.
    assert all(later - earlier > 0.29 for earlier, later in zip(ends, ends[3:], strict=False))
    assert max(answer["queued"] for answer in told) > 0.29
    assert api.stats()["total"]["peak"] > 3  # those who queue are in flight too


def test_stall_sends_nothing(api: PracticeAPI) -> None:
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(api.url("/stall"), timeout=0.3)
    assert requests.get(api.url("/stall", seconds=0.05)).json() == {"stalled": 0.05}


# --- bodies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
def test_bytes_are_as_many_as_asked_and_repeatable(api: PracticeAPI, size: int) -> None:
    first, again = (requests.get(api.url(f"/bytes/{size}")).content for _ in range(2))
    assert len(first) == size and first == again
    if size > 1:
        assert first != requests.get(api.url(f"/bytes/{size}", seed=1)).content
    assert api.stats()["total"]["by_status"]["200"] >= 2


def test_the_largest_body_arrives_whole(api: PracticeAPI) -> None:
    with requests.get(api.url("/bytes/50000000"), stream=True) as answer:
        assert sum(len(piece) for piece in answer.iter_content(1 << 20)) == 50_000_000


def test_drip_sends_its_head_first_and_its_body_slowly(api: PracticeAPI) -> None:
    started = time.perf_counter()
    answer = requests.get(api.url("/drip", bytes=1003, duration=0.6, chunks=6))
    assert len(answer.content) == 1003
    assert time.perf_counter() - started > 0.59
    assert api.stats()["total"]["completed"] == 1
    with requests.get(api.url("/drip", bytes=1003, duration=30, chunks=100), stream=True) as answer:
        assert answer.headers["Content-Length"] == "1003"
        assert len(answer.raw.read1(65_536)) < 1003
        assert api.stats()["total"]["in_flight"] == 1


def test_echo_tells_what_it_got(api: PracticeAPI) -> None:
    told = requests.put(
        api.url("/echo", any="thing", two=["a", "b"]),
        json={"name": "Zoë"},
        headers={"X-Own": "kept"},
        cookies={"taste": "sweet"},
    ).json()
    assert told["method"] == "PUT" and told["path"] == "/echo"
    assert told["query"] == {"any": "thing", "two": ["a", "b"]}
    assert told["headers"]["X-Own"] == "kept" and told["cookies"] == {"taste": "sweet"}
    assert told["json"] == {"name": "Zoë"} and json.loads(told["text"]) == {"name": "Zoë"}
    assert told["size"] == len(json.dumps({"name": "Zoë"}))
    plain = requests.post(api.url("/echo"), data=b"no JSON").json()
    assert plain["json"] is None and plain["text"] == "no JSON"


def test_echo_sets_cookies(api: PracticeAPI) -> None:
    session = requests.Session()
    session.get(api.url("/echo", set_cookie=["a=1", "b=2"]))
    assert session.get(api.url("/echo")).json()["cookies"] == {"a": "1", "b": "2"}


def test_echo_reads_a_large_body_and_refuses_a_huge_one(api: PracticeAPI) -> None:
    assert requests.post(api.url("/echo"), data=b"x" * 9_000_000).json()["size"] == 9_000_000
    refused = requests.post(api.url("/echo"), data=b"x" * 10_000_001)
    assert refused.status_code == 413 and "10,000,000" in refused.json()["allowed"]


def test_a_page_lists_every_route(api: PracticeAPI) -> None:
    answer = requests.get(api.url("/routes"))
    assert answer.headers["Content-Type"].startswith("text/html")
    for text in ("/countries/{code}", "/limited", "Retry-After", "jitter", "a number from 0 to 30"):
        assert text in answer.text
    assert api.stats()["total"]["requests"] == 0


# --- addresses and the card -------------------------------------------------------------------------


def test_url_quotes_path_and_parameters(api: PracticeAPI) -> None:
    assert api.url("/countries/FR") == f"{api.base}/countries/FR"
    assert api.url("/echo", q="a b&c", n=1) == f"{api.base}/echo?q=a+b%26c&n=1"
    assert api.url("/countries/Côte d'Ivoire").isascii()
    assert requests.get(api.url("/echo", q="a b&ü=")).json()["query"] == {"q": "a b&ü="}


@pytest.mark.parametrize("path", ["countries/FR", "", "http://127.0.0.1/x", "/flaky?rate=1", "/x#y"])
def test_url_refuses_what_is_no_path(api: PracticeAPI, path: str) -> None:
    with pytest.raises(ValueError, match=r"slash|keywords"):
        api.url(path)


def test_the_card_shows_address_and_state(api: PracticeAPI) -> None:
    requests.get(api.url("/countries/FR"))
    card = api._repr_html_()
    assert f'href="{api.base}/"' in card and "running" in card and str(api.pid) in card and "api.stop()" in card
    assert "background:#ffffff" in card and "<script" not in card and "<style" not in card
    assert repr(api) == f"<practice API at {api.base}, process {api.pid}>"


def test_asking_a_stopped_server_says_so() -> None:
    other = PracticeAPI()
    other.stop()
    assert not other.alive and "stopped" in repr(other) and "stopped" in other._repr_html_()
    with pytest.raises(ConnectionError, match=r"is not running: call practice_api\(\)"):
        other.stats()
