"""What learners answer to the exercises of chapter 03."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_03 import GIVEN as SETUP

GIVEN = f"""\
from concurrent.futures import as_completed

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
        says="requests in flight at once; at most",
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
        says="requests in flight at once; at most",
    ),
    Wrong(
        "so-many-threads",
        """
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return list(pool.map(fetch, urls[:most]))
""",
        says="of 8 requests",
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
        says="It returned 8 futures, not what they came to",
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
        says="new connections; 5 connections would have done",
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
    # --- good-and-bad-threads
    Wrong(
        "good-and-bad-threads",
        """
def read_all(urls):
    names, failed = [], []
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
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
        says="It returned a list",
    ),
]

RIGHT = [
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
]
