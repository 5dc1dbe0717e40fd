"""What learners answer to the exercises of chapter 01."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_01 import GIVEN as SETUP

GIVEN = f"from concurrent.futures import ThreadPoolExecutor\n{SETUP}"

WRONG = [
    # --- page-or-none
    Wrong(
        "page-or-none",
        """
def page_or_none(url, patience):
    try:
        return requests.get(url).json()
    except requests.Timeout:
        return None
""",
        says="The server said nothing for 1 s, 0.3 s were allowed",
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
        says="The server said nothing for 1 s",
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
        says="your function gave up",
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
        says="new connections; 1 connection would have done",
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
        says="not the names, in order",
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
        says="names came back",
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
        says="It returned a list",
    ),
]

RIGHT = [
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
]
