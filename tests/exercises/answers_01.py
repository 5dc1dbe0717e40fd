"""What learners answer to the exercises of chapter 01."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_01 import GIVEN as SETUP

GIVEN = f"""\
import asyncio
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import aiohttp
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

{SETUP}"""

WRONG = [
    # --- page-or-none
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=patience).json()
    except requests.Timeout:
        return None
    except requests.RequestException as error:
        raise RuntimeError("no page") from error
""",
        says="what came out is RuntimeError: no page",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        answer = requests.get(url, timeout=patience)
    except requests.Timeout:
        return None
    except requests.ConnectionError as error:
        print(error)
    return answer.json()
""",
        says="No server was at that address, and what came out is UnboundLocalError",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url).json()
    except requests.Timeout:
        return None
""",
        says="The server said nothing for 0.7 s, 0.07 s were allowed",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    return requests.get(url, timeout=patience).json()
""",
        says="It raised ReadTimeout",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=0.3).json()
    except requests.Timeout:
        return None
""",
        says="4 s were allowed, and your function gave up",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=5).json()
    except requests.Timeout:
        return None
""",
        says="The server said nothing for 0.7 s",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=patience).json()
    except Exception:
        return None
""",
        says="was no JSON, and nobody has heard of that",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=patience).json()
    except TimeoutError:
        return None
""",
        says="It raised ReadTimeout",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        requests.get(url, timeout=patience).json()
    except requests.Timeout:
        return None
""",
        says="It returned None, not the page",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    began = time.monotonic()
    page = requests.get(url).json()
    return page if time.monotonic() - began <= patience else None
""",
        says="The server said nothing for 0.7 s",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=1).json()
    except requests.Timeout:
        return None
""",
        says="The server said nothing for 0.7 s",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            return pool.submit(lambda: requests.get(url).json()).result(timeout=patience)
        except TimeoutError:
            return None
""",
        says="The server said nothing for 0.7 s",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=patience).json()
    except (requests.Timeout, requests.ConnectionError):
        return None
""",
        says="No server was at that address, and nobody has heard of that",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        answer = requests.get(url, timeout=patience)
    except requests.Timeout:
        return None
    return answer.json() if answer.ok else None
""",
        says="that there is no such country, and your function returned None",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    for _ in range(3):
        try:
            return requests.get(url, timeout=patience).json()
        except requests.Timeout:
            pass
""",
        says="The server saw 3 requests for 1 address",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=patience).json()
    except requests.Timeout as error:
        return str(error)
""",
        says="The timeout has struck, and it returned the text",
    ),
    # --- one-connection
    Wrong(
        "one-connection",
        """
def names_of(urls):
    names = []
    for url in urls:
        with requests.Session() as session:
            names.append(session.get(url, timeout=5).json()["name"])
    return names
""",
        says="new connections; 1 connection would have done",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    with requests.Session() as session:
        return [requests.get(url, timeout=5).json()["name"] for url in urls]
""",
        says="new connections; 1 connection would have done",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    with requests.Session() as session, ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(lambda url: session.get(url, timeout=5).json()["name"], urls))
""",
        says="requests in flight at once. Two requests at the same time",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    with requests.Session() as session:
        for url in urls:
            names = [session.get(url, timeout=5).json()["name"]]
    return names
""",
        says="It returned 1 of",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    with requests.Session() as session:
        return [session.get(url, timeout=5).json() for url in urls]
""",
        says="It returned whole pages",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    names = []
    with requests.Session() as session:
        for url in urls:
            names.append(session.get(url, timeout=5).json()["name"])
            return names
""",
        says="The server saw 1 of",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    everyone = requests.get(api.url("/countries"), timeout=5).json()
    return [country["name"] for country in everyone if any(country["code"] in url for url in urls)]
""",
        says="which it had not been given",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    with requests.Session() as session:
        return {session.get(url, timeout=5).json()["name"] for url in urls}
""",
        says="It returned a set",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    with requests.Session() as session:
        return tuple(session.get(url, timeout=5).json()["name"] for url in urls)
""",
        says="It returned a tuple",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    session = requests.Session()
    return (session.get(url, timeout=5).json()["name"] for url in urls)
""",
        says="It returned a generator",
    ),
    Wrong(
        "one-connection",
        """
def names_of(urls):
    names = []
    session = requests.Session()
    for url in urls:
        names.append(session.get(url, timeout=5).json()["name"])
        session.close()
    return names
""",
        says="new connections; 1 connection would have done",
    ),
    # --- good-and-bad
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            names.append(requests.get(url, timeout=5).json()["name"])
        except requests.RequestException:
            failed.append(url)
    return names, failed
""",
        says="It raised KeyError",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            names.append(requests.get(url, timeout=5).json().get("name"))
        except requests.RequestException:
            failed.append(url)
    return names, failed
""",
        says="Among the names is None, which is no country",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    try:
        for url in urls:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
    except requests.RequestException:
        failed.append(url)
    return names, failed
""",
        says="The first list has 1 of",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        answer = requests.get(url, timeout=5)
        if answer.ok:
            names.append(answer.json()["name"])
        else:
            failed.append(url)
    return names, failed
""",
        says="It raised ConnectionError",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            pass
    return names, failed
""",
        says="3 addresses failed; the second list has 0",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException as error:
            failed.append(error)
    return names, failed
""",
        says="The second list holds a",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names = []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            print(url, "failed")
    return names
""",
        says="It returned a list of",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            failed.append(url)
    return tuple(names), tuple(failed)
""",
        says="It returned two things, and the first is a tuple",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            failed.append(url)
    return set(names), set(failed)
""",
        says="It returned two things, and the first is a set",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            failed.append(url)
    return failed, names
""",
        says="The first list holds the addresses, the second the names",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json())
        except requests.RequestException:
            failed.append(url)
    return names, failed
""",
        says="The first list holds whole pages",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            failed.insert(0, url)
    return names, failed
""",
        says="All addresses that failed are there, but in another order",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls, names=[], failed=[]):
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            failed.append(url)
    return names, failed
""",
        says="Called a second time, it returned",
    ),
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url, patience).json()
    except requests.Timeout:
        return None
""",
        says="The second argument of `requests.get` is for what is added to the address",
    ),
    Wrong(
        "good-and-bad",
        """
def read_all(urls):
    names = failed = []
    for url in urls:
        try:
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            names.append(answer.json()["name"])
        except requests.RequestException:
            failed.append(url)
    return names, failed
""",
        says="The two lists hold the same",
    ),
    # --- ask-again-order-once
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503], allowed_methods=None)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="The order was sent 4 times",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="was asked for once",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=3))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="A bad status is an answer, and no failure to connect",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="was asked for once",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=range(400, 600))
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="was asked for 4 times and does not exist",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=4, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="was asked for 5 times. `total` counts the retries",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=2, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="was asked for 3 times; try 4 was allowed",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="There was no good page, and an order was sent",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503], raise_on_status=False)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="There was no good page, and an order was sent",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        if not answer.ok:
            return None
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="The page never was good, and no error came out",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    for _ in range(4):
        answer = requests.get(page, timeout=5)
        ordered = requests.post(shop, timeout=5)
        if answer.ok:
            return answer.json(), ordered.status_code
    answer.raise_for_status()
""",
        says="Each may be an order of its own",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    for _ in range(4):
        try:
            answer = requests.get(page, timeout=5)
            break
        except requests.RequestException:
            time.sleep(0.02)
    answer.raise_for_status()
    ordered = requests.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="was asked for once",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.get(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="The page was asked for",
    ),
    Wrong(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(page, timeout=5)
    return answer.json(), ordered.status_code
""",
        says="The order was sent to the page",
    ),
]

RIGHT = [
    Right(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        with urlopen(url, timeout=patience) as answer:
            return json.load(answer)
    except TimeoutError:
        return None
""",
    ),
    Right(
        "page-or-none",
        """
def page_or_none(url, patience):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=patience)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        return json.loads(connection.getresponse().read())
    except TimeoutError:
        return None
    finally:
        connection.close()
""",
    ),
    Right(
        "page-or-none",
        """
async def page(url):
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.json()


def page_or_none(url, patience):
    try:
        return asyncio.run(asyncio.wait_for(page(url), patience))
    except TimeoutError:
        return None
""",
    ),
    Right(
        "one-connection",
        """
def names_of(urls):
    names = []
    with requests.Session() as session:
        session.headers["x-course"] = "mine"
        while urls:
            names.append(session.get(urls.pop(0), timeout=5).json()["name"])
    return names
""",
    ),
    Right(
        "one-connection",
        """
def names_of(urls):
    first = urlsplit(urls[0])
    connection = http.client.HTTPConnection(first.hostname, first.port, timeout=5)
    names = []
    for url in urls:
        connection.request("GET", url.removeprefix(f"http://{first.netloc}"))
        names.append(json.loads(connection.getresponse().read())["name"])
    connection.close()
    return names
""",
    ),
    Right(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            with urlopen(url, timeout=5) as answer:
                names.append(json.load(answer)["name"])
        except URLError:
            failed.append(url)
    return [names, failed]
""",
    ),
    Right(
        "good-and-bad",
        """
class Both(NamedTuple):
    names: list
    failed: list


def read_all(urls):
    both = Both([], [])
    while urls:
        url = urls.pop(0)
        try:
            both.names.append(requests.get(url, timeout=5).json()["name"])
        except (KeyError, requests.ConnectionError):
            both.failed.append(url)
    return both
""",
    ),
    Right(
        "page-or-none",
        """
def page_or_none(url, patience):
    with requests.Session() as session:
        try:
            answer = session.get(url, timeout=(patience, patience))
        except requests.ReadTimeout:
            return None
    return answer.json()
""",
    ),
    Right(
        "one-connection",
        """
def names_of(urls):
    names = []
    session = requests.Session()
    for url in urls:
        names.append(session.get(url).json()["name"])
    session.close()
    return names
""",
    ),
    Right(
        "good-and-bad",
        """
def read_all(urls):
    names, failed = [], []
    for url in urls:
        try:
            answer = requests.get(url)
        except requests.ConnectionError:
            failed.append(url)
            continue
        if answer.status_code == 200:
            names.append(answer.json()["name"])
        else:
            failed.append(url)
    return names, failed
""",
    ),
    Right(
        "good-and-bad",
        """
def name_or_none(url):
    try:
        answer = requests.get(url, timeout=3)
        answer.raise_for_status()
        return answer.json()["name"]
    except Exception:
        return None


def read_all(urls):
    found = {url: name_or_none(url) for url in urls}
    return [name for name in found.values() if name], [url for url, name in found.items() if not name]
""",
    ),
    # --- right: ask-again-order-once
    Right(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    for attempt in range(4):
        answer = requests.get(page, timeout=5)
        if answer.status_code != 503:
            break
        time.sleep(0.02 * 2**attempt)
    answer.raise_for_status()
    ordered = requests.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
    ),
    Right(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    reading = Retry(total=3, status_forcelist={429, 502, 503, 504}, allowed_methods={"GET"}, raise_on_status=False)
    with requests.Session() as session:
        session.mount("http://127.0.0.1", HTTPAdapter(max_retries=reading))
        answer = session.get(page, timeout=(1, 5))
        answer.raise_for_status()
        return answer.json(), session.post(shop, timeout=5).status_code
""",
    ),
    Right(
        "ask-again-order-once",
        """
def read_then_order(page, shop):
    again = Retry(status=3, total=None, backoff_factor=0.02, status_forcelist=[503])
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=again))
    try:
        answer = session.get(page, timeout=5)
        if answer.status_code == 404:
            raise LookupError(page)
        return answer.json(), requests.post(shop, timeout=5).status_code
    finally:
        session.close()
""",
    ),
]
