"""What learners answer to the exercises of chapter 03."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_03 import GIVEN as SETUP

GIVEN = f"""\
import asyncio
import queue
from concurrent.futures import as_completed
from contextlib import ExitStack
from multiprocessing.pool import ThreadPool

import aiohttp
from urllib3 import PoolManager

{SETUP}

mine = threading.local()


def open_session():
    mine.session = requests.Session()


def fetch_in_session(url):
    return mine.session.get(url, timeout=5).json()


def fetch_or_raise(url):
    answer = requests.get(url, timeout=5)
    answer.raise_for_status()
    return answer.json()
"""

WRONG = [
    # --- submit-then-collect: a pages.append, b futures = [], c pages = [], d for url, e return, f with, g
    # futures.append, h for future
    Wrong("submit-then-collect", "b c f >d >>g >>h >>>a e", says="at most 1 request in flight"),
    Wrong("submit-then-collect", "f >b >d >>g >c >h >>a >>e", says="It returned 1 of"),
    Wrong("submit-then-collect", "b f d >g c h >a e", says="Python cannot read this"),
    Wrong("submit-then-collect", "f >b c d >g h >a e", says="It raised RuntimeError"),
    Wrong("submit-then-collect", "b c d >f >>g >h >>a e", says="at most 1 request in flight"),
    # --- so-many-threads
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        return list(pool.map(fetch, urls))
""",
        says="requests in flight at once; ",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(most) as pool:
        return [pool.submit(fetch, url).result() for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    return [fetch(url) for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=10) as pool:
        return list(pool.map(fetch, urls))
""",
        says="requests in flight at once; ",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return list(pool.map(fetch, urls[:most]))
""",
        says="requests.",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return pool.map(fetch, urls)
""",
        says="which can be read once, not a list",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return [pool.submit(fetch, url) for url in urls]
""",
        says="futures, not what they came to",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return list(pool.map(fetch, reversed(urls)))
""",
        says="in another order",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    gate = threading.Semaphore(most)

    def guarded(url):
        with gate:
            return fetch(url)

    with ThreadPoolExecutor() as pool:
        return list(pool.map(guarded, urls))
""",
        says="requests were in flight at once;",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return [future.result() for future in as_completed([pool.submit(fetch, url) for url in urls])]
""",
        says="in another order",
    ),
    Wrong(
        "so-many-threads",
        """
pool = ThreadPoolExecutor(max_workers=5)
pool.shutdown()


def fetch_limited(urls, most):
    return list(pool.map(fetch, urls))
""",
        says="It raised RuntimeError: cannot schedule new futures after shutdown",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    pages = []
    for url in urls:
        threading.Thread(target=lambda: pages.append(fetch(url))).start()
    return pages
""",
        says="It returned while",
    ),
    # --- session-each
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    session = requests.Session()

    def fetch(url):
        return session.get(url, timeout=5).json()

    with ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(fetch, urls))
""",
        says="One Session was used by",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    def fetch(url):
        with requests.Session() as session:
            return session.get(url, timeout=5).json()

    with ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(fetch, urls))
""",
        says="The server saw 15 new connections",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    mine.session = requests.Session()
    with ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(fetch_in_session, urls))
""",
        says="It raised AttributeError",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    with requests.Session() as session:
        return [session.get(url, timeout=5).json() for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=len(urls), initializer=open_session) as pool:
        return list(pool.map(fetch_in_session, urls))
""",
        says="requests in flight at once; 5 are wanted",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=5, initializer=open_session) as pool:
        return list(pool.map(fetch_in_session, urls))[::-1]
""",
        says="in another order",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    sessions = [requests.Session() for _ in range(5)]
    with ThreadPoolExecutor(max_workers=5) as pool:
        pages = list(pool.map(lambda job: sessions[job[0] % 5].get(job[1], timeout=5).json(), enumerate(urls)))
    for session in sessions:
        session.close()
    return pages
""",
        says="One Session was used by",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    def fetch_and_close(url):
        try:
            return fetch_in_session(url)
        finally:
            mine.session.close()

    with ThreadPoolExecutor(max_workers=5, initializer=open_session) as pool:
        return list(pool.map(fetch_and_close, urls))
""",
        says="The server saw 15 new connections",
    ),
    Wrong(
        "session-each",
        """
def fetch_all(urls):
    with PoolManager(maxsize=5) as manager, ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(lambda url: manager.request("GET", url).json(), urls))
""",
        says="No request went through a Session",
    ),
    # --- good-and-bad-threads
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=20) as pool:
        for page in pool.map(fetch_or_raise, urls):
            names.append(page["name"])
    return names, failed
""",
        says="It raised HTTPError",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        try:
            for page in pool.map(fetch_or_raise, urls):
                names.append(page["name"])
        except requests.RequestException as error:
            failed.append(error.request.url)
    return names, failed
""",
        says="The first list has 1 of",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        for url in urls:
            try:
                names.append(pool.submit(fetch_or_raise, url).result()["name"])
            except requests.RequestException:
                failed.append(url)
    return names, failed
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        futures = {pool.submit(fetch_or_raise, url): url for url in urls}
        for future in as_completed(futures):
            try:
                names.append(future.result()["name"])
            except requests.RequestException:
                failed.append(futures[future])
    return names, failed
""",
        says="in another order than their addresses",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []

    def note(url):
        page = fetch_or_raise(url)
        names.append((url, page["name"]))

    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        for url in urls:
            pool.submit(note, url)
    return [name for _, name in sorted(names, key=lambda pair: urls.index(pair[0]))], failed
""",
        says="2 addresses failed; the second list has 0",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    return [future.result()["name"] for future in futures if not future.exception()]
""",
        says="It returned a list of",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    for url, future in zip(urls, futures):
        if future.exception():
            failed.append(url)
        else:
            names.append(future.result()["name"])
    return names, failed
""",
        says="requests were in flight at once; 20 could have been",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=20) as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    for url, future in zip(urls, futures):
        if future.exception():
            failed.append(future.exception())
        else:
            names.append(future.result()["name"])
    return names, failed
""",
        says="The second list holds",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=20) as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    for url, future in zip(urls, futures):
        if future.exception():
            failed.append(url)
        else:
            names.append(future.result()["name"])
    return tuple(names), failed
""",
        says="and the first is a tuple",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    failed = []

    def name_or_none(url):
        try:
            return fetch_or_raise(url)["name"]
        except requests.HTTPError:
            failed.append(url)

    with ThreadPoolExecutor(max_workers=20) as pool:
        names = list(pool.map(name_or_none, urls))
    return [name for name in names if name], failed
""",
        says="All addresses that failed are there, but in another order",
    ),
    Wrong(
        "good-and-bad-threads",
        """
async def name_of(session, url):
    async with session.get(url, raise_for_status=True) as answer:
        return (await answer.json())["name"]


async def all_of(urls):
    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(name_of(session, url) for url in urls), return_exceptions=True)


def read_all(urls):
    got = asyncio.run(all_of(urls))
    return [name for name in got if isinstance(name, str)], [url for url, name in zip(urls, got) if name not in got]
""",
        says="The requests were made with aiohttp",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []

    def note(url):
        try:
            names.append(fetch_or_raise(url)["name"])
        except requests.HTTPError:
            failed.append(url)

    for url in urls:
        threading.Thread(target=note, args=(url,)).start()
    return names, failed
""",
        says="It returned while",
    ),
    Wrong(
        "good-and-bad-threads",
        """
names, failed = [], []


def read_all(urls):
    with ThreadPoolExecutor(max_workers=20) as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    for url, future in zip(urls, futures):
        try:
            names.append(future.result()["name"])
        except requests.HTTPError:
            failed.append(url)
    return names, failed
""",
        says="Called a second time, it returned",
    ),
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    with ThreadPoolExecutor(max_workers=len(urls) - 1) as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    names = [future.result()["name"] for future in futures if not future.exception()]
    return names, [url for url, future in zip(urls, futures) if future.exception()]
""",
        says="At most 4 requests were in flight at once; 5 could have been",
    ),
    Wrong(
        "so-many-threads",
        """
import json
import socket
from urllib.parse import urlsplit


def ask(url):
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as wire:
        wire.sendall(f"GET {parts.path}?{parts.query} HTTP/1.0\\r\\nHost: {parts.netloc}\\r\\n\\r\\n".encode())
        return json.loads(wire.makefile("rb").read().partition(b"\\r\\n\\r\\n")[2])


def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return list(pool.map(ask, urls))
""",
        says="requests that no library in this process has made",
    ),
]

RIGHT = [
    Right(
        "session-each",
        """
def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=5, initializer=open_session) as pool:
        return list(pool.map(fetch_in_session, urls))
""",
    ),
    Right(
        "session-each",
        """
class Mine(threading.local):
    def __init__(self):
        self.session = requests.Session()

mine = Mine()

def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(lambda url: mine.session.get(url, timeout=5).json(), urls))
""",
    ),
    Right("submit-then-collect", "f >b >d >>g >c >h >>a >e"),
    Right("submit-then-collect", "b c f >d >>g h >a e"),
    Right(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(most) as pool:
        futures = [pool.submit(fetch, url) for url in urls]
        return [future.result() for future in futures]
""",
    ),
    Right(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    gate = threading.Semaphore(most)

    def guarded(url):
        with gate:
            return fetch(url)

    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        return list(pool.map(guarded, urls))
""",
    ),
    Right(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPool(most) as pool:
        return pool.map(fetch, urls, chunksize=1)
""",
    ),
    Right(
        "so-many-threads",
        """
go = threading.Event()
pool = ThreadPoolExecutor(max_workers=5)
lock = threading.Lock()


def begin(url):
    go.wait()
    with lock:
        pass
    return fetch(url)


def fetch_limited(urls, most):
    futures = []
    with ThreadPoolExecutor(most) as pool:
        while urls:
            futures.append(pool.submit(begin, urls.pop(0)))
        go.set()
    return [future.result() for future in futures]
""",
    ),
    Right(
        "session-each",
        """
class Mine(threading.local):
    def __init__(self):
        self.session = requests.Session()
        made.append(self.session)


made = []
of_thread = Mine()


def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=5) as pool:
        pages = list(pool.map(lambda url: of_thread.session.get(url, timeout=5).json(), urls))
    for session in made:
        session.close()
    return pages
""",
    ),
    Right(
        "session-each",
        """
def fetch_all(urls):
    with ExitStack() as stack:

        def start():
            mine.session = stack.enter_context(requests.Session())

        with ThreadPoolExecutor(max_workers=5, initializer=start) as pool:
            return list(pool.map(fetch_in_session, urls))
""",
    ),
    Right(
        "session-each",
        """
def fetch_all(urls):
    jobs, pages = queue.Queue(), [None] * len(urls)

    def work():
        with requests.Session() as session:
            while True:
                try:
                    at, url = jobs.get_nowait()
                except queue.Empty:
                    return
                pages[at] = session.get(url, timeout=5).json()

    for job in enumerate(urls):
        jobs.put(job)
    workers = [threading.Thread(target=work) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return pages
""",
    ),
    Right(
        "session-each",
        """
def fetch_all(urls):
    def some(part):
        with requests.Session() as session:
            return [session.get(url, timeout=5).json() for url in part]

    with ThreadPoolExecutor(max_workers=5) as pool:
        parts = list(pool.map(some, [urls[at::5] for at in range(5)]))
    return [parts[at % 5][at // 5] for at in range(len(urls))]
""",
    ),
    Right(
        "good-and-bad-threads",
        """
def read_all(urls):
    def page_or_error(url):
        try:
            return fetch_or_raise(url)
        except requests.HTTPError:
            return None

    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        pages = list(pool.map(page_or_error, urls))
    return [page["name"] for page in pages if page], [url for url, page in zip(urls, pages) if not page]
""",
    ),
    Right(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=20) as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    for url, future in zip(urls, futures):
        if future.exception():
            failed.append(url)
        else:
            names.append(future.result()["name"])
    return names, failed
""",
    ),
    Right(
        "good-and-bad-threads",
        """
def read_all(urls):
    found = queue.Queue()

    def note(at, url):
        try:
            found.put((at, fetch_or_raise(url)["name"], None))
        except requests.RequestException:
            found.put((at, None, url))

    threads = [threading.Thread(target=note, args=job) for job in enumerate(urls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = sorted(found.get() for _ in urls)
    return [name for _, name, _ in rows if name], [url for _, _, url in rows if url]
""",
    ),
]
