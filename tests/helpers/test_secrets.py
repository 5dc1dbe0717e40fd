"""Secrets in what a run depended on, and in the URLs that it asked for, are kept in no file and told on no card."""

import ast
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pandas
import pytest
from archive_samples import REQUESTS, sample

from helpers import archive, compare, export, history, import_runs
from helpers.archive.secret_key import secret_key
from helpers.archive.without_secrets import without_secrets
from helpers.code.changes import changes
from helpers.code.configuration import hash_of, of_function
from helpers.code.masked_code import masked
from helpers.code.masking import MARK, masked_urls
from helpers.code.secret_names import SIGNS, is_secret

GITHUB = "ghp_" + "Ab1" * 12
TOKENS = [
    GITHUB,
    "github_pat_" + "a1B" * 10,
    "glpat-" + "aB3" * 7,
    "sk-" + "proj-a1B2c3D4e5F6g7H8",
    "sk_live_" + "a1B2c3D4e5F6",
    "hf_" + "aBcDeFgHiJkLmNoPqRsTuV",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "AIza" + "SyA-1234567890abcdefghijklmnopqrstu",
    "xoxb-" + "123456789012-abcdefGHIJ",
    "npm_" + "a1B2" * 9,
    "SG." + "a1B2c3D4e5F6g7H8.i9J0k1L2m3N4o5P6",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "https://hooks.slack.com/services/" + "T000/B000/aBcDeFgH",
]


def key() -> bytes:
    return b"k" * 32


def another_key() -> bytes:
    return b"l" * 32


def hidden(name: str, text: str) -> str:
    """The part without its secrets, all marks alike."""
    return MARK.sub("<secret>", masked({name: text}, key)[name])


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN", "token", "API_KEY", "apiKey", "APIKey", "apikey", "X-Api-Key", "password", "db_password", "PGPASSWORD",
        "passwd", "pwd", "Authorization", "Proxy-Authorization", "auth", "basic_auth", "session_auth", "cookies",
        "Cookie", "Set-Cookie", "client_secret", "SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "access_token", "refresh_token",
        "private_key", "jwt", "signature", "X-Amz-Signature", "X-Amz-Security-Token", "sig", "sid", "JSESSIONID",
        "session_id", "credentials", "passphrase", "pin", "user_pin", "HTTPBasicAuth", "api_keys", "db_pass",
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)
    assert any(sign in name.lower() for sign in SIGNS)


@pytest.mark.parametrize(
    "name",
    [
        "url", "key", "keys", "sort_key", "primary_key", "Idempotency-Key", "author", "authors", "monkey", "keyboard",
        "passes", "bypass", "compass", "tokenizer", "token_url", "token_bucket", "password_file", "pin_memory",
        "session", "sessions", "limit", "code", "design", "assign", "secretary", "keyword", "side", "", "_", "x",
    ],
)  # fmt: skip
def test_names_of_what_is_none(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("TOKEN", "abc", "'<secret>'"),
        ("TOKEN (own.py)", "abc", "'<secret>'"),
        ("x (secrets.py)", "abc", "'abc'"),
        ("token", b"abc", "b'<secret>'"),
        ("auth", ("me", "abc"), "('<secret>', '<secret>')"),
        ("headers", {"Authorization": "Bearer abc", "Accept": "text/html"},
         "{'Authorization': 'Bearer <secret>', 'Accept': 'text/html'}"),
        ("headers", [("X-Api-Key", "abc"), ("Accept", "x")], "[('X-Api-Key', '<secret>'), ('Accept', 'x')]"),
        ("raw", {b"authorization": b"Bearer abc"}, "{b'authorization': b'Bearer <secret>'}"),
        ("cookies", {"theme": "abc"}, "{'theme': '<secret>'}"),
        ("config", {"db": {"user": "me", "password": "abc"}}, "{'db': {'user': 'me', 'password': '<secret>'}}"),
        ("always", {"params": {"api_key": "abc", "n": 5}}, "{'params': {'api_key': '<secret>', 'n': 5}}"),
        ("url", "https://me:abc@host/x", "'https://me:<secret>@host/x'"),
        ("url", "https://abc@host/x", "'https://<secret>@host/x'"),
        ("url", "postgresql://me:a:b@c@host/x", "'postgresql://me:<secret>@host/x'"),
        ("url", "https://host/x?n=5&api_key=abc&m=6", "'https://host/x?n=5&api_key=<secret>&m=6'"),
        ("url", "https://host/x?key=a,b;c&m=6", "'https://host/x?key=<secret>&m=6'"),
        ("PIN", 1234, "'<secret>'"),
        ("password", 1234, "'<secret>'"),
        ("tokens", 10, "10"),
        ("max_tokens", 100, "100"),
        ("token", None, "None"),
        ("secret", True, "True"),
        ("password", "", "''"),
        ("body", '{"user": "me", "password": "a b"}', """'{"user": "me", "password": "<secret>"}'"""),
        ("line", "Authorization: Basic bWU6YWJj", "'Authorization: Basic <secret>'"),
        ("line", "Cookie: a=1; b=2", "'Cookie: <secret>'"),
        ("line", "host=db password=abc user=me", "'host=db password=<secret> user=me'"),
        ("line", "export TOKEN=$OTHER; token={x.y}; token=%(a)s", "'export TOKEN=$OTHER; token={x.y}; token=%(a)s'"),
        ("line", "password=$2b$12$abc", "'password=<secret>'"),
        ("line", "x Bearer abcdef", "'x Bearer <secret>'"),
        ("line", "Basic information on tokens", "'Basic information on tokens'"),
        ("limit", 10, "10"),
        ("urls", ["http://127.0.0.1:8000/countries/FR?delay=0.1"], "['http://127.0.0.1/countries/FR?delay=0.1']"),
    ],
)  # fmt: skip
def test_values(name: str, value: object, kept: str) -> None:
    def function() -> None: ...

    parts = of_function(function, {name: value}).parts()
    assert hidden(name, parts[name]) == kept


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:8])
def test_secrets_without_a_telling_name_are_known_by_their_look(token: str) -> None:
    secret = token.removeprefix("https://hooks.slack.com/services/")
    for code in (f"x = {token!r}", f"f({'before ' + token + ' after'!r})", f"f({token.encode()!r})"):
        kept = hidden("cell", code)
        assert secret not in ast.literal_eval(repr(kept)) and "<secret>" in kept
        assert all(line not in kept for line in secret.splitlines() if len(line) > 8)


CODE = [
    ("TOKEN = 'abc'", "TOKEN = '<secret>'"),
    ("token: str = 'abc'", "token: str = '<secret>'"),
    ("if (token := 'abc'): pass", "if (token := '<secret>'):\n    pass"),
    ("user, password = 'me', 'abc'", "user, password = ('me', '<secret>')"),
    ("password = b = ('abc', 'abd')", "password = b = ('<secret>', '<secret>')"),
    ("session.auth = ('abc', 'abd')", "session.auth = ('<secret>', '<secret>')"),
    ("session.headers['Authorization'] = f'Bearer abc'", "session.headers['Authorization'] = f'Bearer <secret>'"),
    ("session.headers['Authorization'] = f'Bearer {x}'", "session.headers['Authorization'] = f'Bearer {x}'"),
    ("session.headers['Authorization'] = 'Bearer ' + x", "session.headers['Authorization'] = 'Bearer ' + x"),
    ("get(url, headers={'Authorization': 'Bearer abc'})", "get(url, headers={'Authorization': 'Bearer <secret>'})"),
    ("get(url, auth=('me', 'abc'))", "get(url, auth=('<secret>', '<secret>'))"),
    ("get(url, auth=HTTPBasicAuth('abc', 'abd'))", "get(url, auth=HTTPBasicAuth('<secret>', '<secret>'))"),
    ("s = Session(BasicAuth('abc', password='abd'))", "s = Session(BasicAuth('<secret>', password='<secret>'))"),
    ("token = Token(value='abc', n=5)", "token = Token(value='<secret>', n=5)"),
    ("get(url, auth=KeyAuth(value='abc'))", "get(url, auth=KeyAuth(value='<secret>'))"),
    ("get(url, cookies=dict(a='abc'))", "get(url, cookies=dict(a='<secret>'))"),
    ("get('https://me:abc@host/?api_key=abd&n=5')", "get('https://me:<secret>@host/?api_key=<secret>&n=5')"),
    ("get(f'https://me:abc@{host}/?n={n}&token=abd')", "get(f'https://me:<secret>@{host}/?n={n}&token=<secret>')"),
    ("get(f'https://{me}:{pw}@host/?api_key={k}')", "get(f'https://{me}:{pw}@host/?api_key={k}')"),
    ("get(f'https://{me}:abc{x}@host/')", "get(f'https://{me}:<secret>{x}@host/')"),
    ("get('https://host/?token={}'.format(t))", "get('https://host/?token={}'.format(t))"),
    ("get('https://host/?token=%s' % t)", "get('https://host/?token=%s' % t)"),
    ("os.environ['API_KEY'] = 'abc'", "os.environ['API_KEY'] = '<secret>'"),
    ("os.environ.setdefault('API_KEY', 'abc')", "os.environ.setdefault('API_KEY', '<secret>')"),
    ("TOKEN = os.environ['API_TOKEN']", "TOKEN = os.environ['API_TOKEN']"),
    ("TOKEN = os.getenv('API_TOKEN', 'abc')", "TOKEN = os.getenv('API_TOKEN', '<secret>')"),
    ("TOKEN = os.environ.get('X') or 'abc'", "TOKEN = os.environ.get('X') or '<secret>'"),
    ("TOKEN = 'abc' if kind == 'live' else 'abd'", "TOKEN = '<secret>' if kind == 'live' else '<secret>'"),
    ("token = post('https://host/login', json={'n': 'me', 'password': 'abc'}).json()['token']",
     "token = post('https://host/login', json={'n': '<secret>', 'password': '<secret>'}).json()['token']"),
    ("session.cookies.set('a', 'abc')", "session.cookies.set('<secret>', '<secret>')"),
    ("session.headers.update({'X-Api-Key': 'abc'})", "session.headers.update({'X-Api-Key': '<secret>'})"),
    ("setattr(session, 'auth', ('abc', 'abd'))", "setattr(session, 'auth', ('<secret>', '<secret>'))"),
    ("params = [('api_key', 'abc'), ('n', 'me')]", "params = [('api_key', '<secret>'), ('n', 'me')]"),
    ("def f(url, token='abc', *, password='abd', n='me'): pass",
     "def f(url, token='<secret>', *, password='<secret>', n='me'):\n    pass"),
    ("f = lambda token='abc': token", "f = lambda token='<secret>': token"),
    ("def get_token():\n    return 'abc'", "def get_token():\n    return '<secret>'"),
    ("async def f():\n    if password == 'abc': pass", "async def f():\n    if password == '<secret>':\n        pass"),
    ("for password in ['abc', 'abd']: work()", "for password in ['<secret>', '<secret>']:\n    work()"),
    ("[work(pin) for pin in ('abc', 1234)]", "[work(pin) for pin in ('<secret>', '<secret>')]"),
    ("class Config:\n    secret = 'abc'\n    name = 'me'", "class Config:\n    secret = '<secret>'\n    name = 'me'"),
    ("get('https://host/?n=1&token=' + 'abc')", "get('https://host/?n=1&token=' + '<secret>')"),
    ("f(f'{host}/?token=' + 'abc' + '&n=1')", "f(f'{host}/?token=' + '<secret>' + '&n=1')"),
    ("f(r'{\\\"password\\\": \\\"abc\\\"}')", "f('{\\\\\"password\\\\\": \\\\\"<secret>\"}')"),
    ("get('%s?n=%d&token=%s' % (u, 5, 'abc'))", "get('%s?n=%d&token=%s' % (u, 5, '<secret>'))"),
    ("get('https://host/?token=%s' % 'abc')", "get('https://host/?token=%s' % '<secret>')"),
    ("get('?n=%(n)s&token=%(t)s' % {'n': 'me', 't': 'abc'})",
     "get('?n=%(n)s&token=%(t)s' % {'n': 'me', 't': '<secret>'})"),
    ("'100%% of %s, password=%s' % ('me', 'abc')", "'100%% of %s, password=%s' % ('me', '<secret>')"),
    ("get('{}?token={}'.format(u, 'abc'))", "get('{}?token={}'.format(u, '<secret>'))"),
    ("get('{0}?token={2}&n={1}'.format('u', 'me', 'abc'))", "get('{0}?token={2}&n={1}'.format('u', 'me', '<secret>'))"),
    ("get('{u}?token={t.x}'.format(u='me', t='abc'))", "get('{u}?token={t.x}'.format(u='me', t='<secret>'))"),
    ("'{ of '.format('me')", "'{ of '.format('me')"),
    ("get(f'{u}?n={\"me\"}&token={\"abc\"}')", "get(f\"{u}?n={'me'}&token={'<secret>'}\")"),
    ("creds = 'abc'", "creds = '<secret>'"),
    ("system('curl -u me:abc https://host')", "system('curl -u me:<secret> https://host')"),
    ("system('curl --user \"me:abc\" https://host')", "system('curl --user \"me:<secret>\" https://host')"),
    ("match config:\n    case {'token': 'abc', 'n': 'me'}:\n        pass",
     "match config:\n    case {'token': '<secret>', 'n': 'me'}:\n        pass"),
    ("match config:\n    case Config('me', api_key='abc'):\n        pass",
     "match config:\n    case Config('me', api_key='<secret>'):\n        pass"),
    ("match token:\n    case 'abc' | 'abd':\n        use('me')",
     "match token:\n    case '<secret>' | '<secret>':\n        use('me')"),
    ("token.encode('utf-8')", "token.encode('utf-8')"),
    ("get_ipython().system('curl -H \"Authorization: Bearer abc\" https://host')",
     "get_ipython().system('curl -H \"Authorization: Bearer <secret>\" https://host')"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kept"), CODE, ids=range(len(CODE)))
def test_code(code: str, kept: str) -> None:
    code = ast.unparse(ast.parse(code))
    assert hidden("cell", code) == ast.unparse(ast.parse(kept))
    once = masked({"cell": code}, key)
    assert masked(once, key) == once, "what is masked already stays"
    assert masked(once, another_key) == once
    assert (once["cell"] == code) == ("<secret>" not in kept)


def test_what_is_given_to_an_argument_that_is_called_a_secret() -> None:
    calls = "begin('abc')\nx.log_in('me', 'abd')\nasyncio.run(fetch('here', 'abe'))\nClient('abf', n)"
    parts = {
        "cell": calls,
        "begin": "def begin(token):\n    work(token)",
        "fetch": "async def fetch(url, password):\n    work(url)",
        "Client": "class Client:\n\n    def __init__(self, token, n): ...\n\n    def log_in(self, n, pin): ...",
    }
    for secret in ("abc", "abd", "abe", "abf"):
        calls = calls.replace(secret, "<secret>")
    assert masked(parts, None) == {**parts, "cell": calls}


@pytest.mark.parametrize(
    "code",
    [
        "get(url, headers={'Authorization': x})", "get(url, headers={'Authorization': f'Bearer {x}'})",
        "get(url, headers={'Authorization': 'Bearer ' + x})", "get(f'{url}?token={x}')", "get(url + '?token=' + x)",
        "get('%s?token=%s' % (url, x))", "get('{}?token={}'.format(url, x))", "get(url, auth=(n, x))",
        "get(url, auth=BasicAuth(n, x))", "session.auth = (n, x)", "get(url, params={'api_key': x})", "log_in(n, x)",
    ],
)  # fmt: skip
def test_a_variable_that_is_given_as_a_secret_is_one(code: str) -> None:
    parts = {"cell": code, "x": "'abc'", "url": "'https://host'", "limit": "'abc'"}
    kept = masked({**parts, "log_in": "def log_in(user, password): ..."}, None)
    assert {name: kept[name] for name in parts} == {**parts, "x": "'<secret>'"}


def test_what_a_field_in_its_place_is_called() -> None:
    calls = "A('me', 'abc')\nB('me', 'abd')\nC('abe', 'me')\nD('me', 'abf')"
    parts = {
        "cell": calls,
        "A": "@dataclass\nclass A:\n    user: str\n    api_key: str = ''\n    kind: ClassVar[str] = 'me'",
        "B": "class B(NamedTuple):\n    user: str\n    password: str",
        "C": "C = namedtuple('C', 'token, n')",
        "D": "D = make_dataclass('D', [('n', str), ('pin', str)])",
    }
    for secret in ("abc", "abd", "abe", "abf"):
        calls = calls.replace(secret, "<secret>")
    assert masked(parts, None) == {**parts, "cell": calls}


def test_code_of_a_t_string() -> None:
    if sys.version_info >= (3, 14):
        kept = hidden("cell", "t'?token=abc&n={f(\"Bearer abcdef\")}'")
        assert "abc" not in kept and "?token=<secret>&n={" in kept


def test_code_without_secrets_is_kept_letter_for_letter() -> None:
    parts = {
        "cell": "for code in codes:\n    work(key=code)\n    side_by_side('a pass', 'token')",
        "urls": "text of 812 characters (a1b2c3)",
        "icon": "'\ue000'",
        "weird": "{nan, inf}",
        "page": "f'{a}\ue000{b}'",
    }
    assert masked(parts, key) == parts


def test_a_secret_of_the_environment_is_known_under_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_TOKEN", "correct horse battery")
    monkeypatch.setenv("SHOP_NAME", "a shop in town")
    monkeypatch.setenv("PWD", os.path.abspath("a folder"))
    assert hidden("x", "'correct horse battery'") == "'<secret>'"
    assert (
        hidden("x", "{'a': ['-correct horse battery-', 'a shop in town']}") == "{'a': ['-<secret>-', 'a shop in town']}"
    )
    assert hidden("x", repr(os.path.abspath("a folder"))) == repr(os.path.abspath("a folder"))
    assert masked_urls(["http://h/correct horse battery"], None) == ["http://h/<secret>"]


def test_another_secret_has_another_mark_and_another_key_gives_other_marks() -> None:
    one, same, other = (masked({"TOKEN": text}, key)["TOKEN"] for text in ("'abc'", "'abc'", "'abd'"))
    assert one == same != other
    assert hash_of({"TOKEN": one}) != hash_of({"TOKEN": other})
    assert masked({"TOKEN": "'abc'"}, another_key)["TOKEN"] != one
    assert masked({"TOKEN": "'abc'"}, None)["TOKEN"] == "'<secret>'"


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("TOKEN", "'abc'", "'abd'", ["another secret in TOKEN"]),
        ("headers", "{'Authorization': 'abc'}", "{'Authorization': 'abd'}", ["another secret in headers"]),
        ("cell", "f(token='abc')", "f(token='abd')", ["another secret in token='<secret>'"]),
        ("cell", "f(token='abc')", "f(token='abc', n=5)", ["n=5 is new"]),
        ("cell", "f(1)", "f(1, token='abc')", ["token='<secret>' is new"]),
        ("cell", "f('https://me:abc@a/')", "f('https://me:abd@b/')",
         ["'https://me:<secret>@a/' -> 'https://me:<secret>@b/'"]),
        ("fetch", "def fetch():\n    get(1, token='abc')", "def fetch():\n    get(1, token='abd')",
         ["fetch: another secret in token='<secret>'"]),
    ],
)  # fmt: skip
def test_a_change_of_a_secret_is_told_without_the_secret(name: str, before: str, after: str, told: list[str]) -> None:
    here = masked({name: before}, key), masked({name: after}, key)
    assert [change.words for change in changes(*here)] == told
    # In an older history, and where the marks are under another key, the same must not be said for sure.
    for old in ({name: before}, masked({name: before}, another_key)):
        words = [change.words for change in changes(old, here[1])]
        only = f"perhaps another secret in {name}"
        assert words == [only if "another secret" in each else each for each in told]


def test_two_runs_of_an_older_history_are_told_apart_without_the_secret() -> None:
    assert [change.words for change in changes({"TOKEN": "'abc'"}, {"TOKEN": "'abd'"})] == ["another secret in TOKEN"]


def test_the_hash_of_a_long_value_is_none_of_its_secrets() -> None:
    def part(password: str) -> str:
        config = {"hosts": ["a long name of a host"] * 20, "login": ("password", password), "auth": {"pin": password}}
        return of_function(test_code, {"config": config}).parts()["config"]

    assert part("abc") == part("abd")
    assert part("abc").startswith("dict of 3 items (")


def test_urls_of_requests() -> None:
    urls = ["http://127.0.0.1:8000/countries/FR?delay=0.1", "https://me:abc@h/?n=1&token=abc", "/slow?api_key=abc"]
    kept = masked_urls(urls, None)
    assert kept == [urls[0], "https://me:<secret>@h/?n=1&token=<secret>", "/slow?api_key=<secret>"]
    assert masked_urls(urls[:1], None) == urls[:1]


# ---- the key


def test_the_key_is_made_once_and_is_its_owners_alone(history_file: Path) -> None:
    made = secret_key()
    path = Path(f"{history_file}-key")
    assert path.read_bytes() == made == secret_key() and len(made) == 32
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"x" * 32)
    assert secret_key() == b"x" * 32, "the one that is there counts"


def test_without_a_place_for_the_key_there_is_one_for_this_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blocked").write_text("no folder", "utf-8")
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path / "blocked" / "history.sqlite"))
    assert secret_key() == secret_key() and len(secret_key()) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["blocked"]


def test_no_key_is_made_where_there_is_no_secret(history_file: Path) -> None:
    run, requests = without_secrets(sample(), REQUESTS)
    assert (run, requests) == (sample(), REQUESTS)
    assert not Path(f"{history_file}-key").exists()


# ---- what is handed on

WITH_SECRETS = {"cell": "get('https://me:hunter2@host/', auth=('me', 'hunter3'))", "TOKEN": "'hunter4'"}
ASKED = {
    "url": ["https://me:hunter5@host/?token=hunter6", "/x?api_key=hunter7"], "path": ["/", "/x"], "status": [200, 200],
}  # fmt: skip


def old_runs() -> None:
    """Two runs as an older version of this course has kept them."""
    archive.append(sample(1, parts=WITH_SECRETS, configuration=hash_of(WITH_SECRETS)), ASKED)
    archive.append(sample(2), REQUESTS)


def test_a_run_is_stored_without_its_secrets_and_without_a_hash_of_them() -> None:
    run, requests = without_secrets(sample(parts=WITH_SECRETS, configuration=hash_of(WITH_SECRETS)), ASKED)
    kept = archive.append(run, requests)
    assert b"hunter" not in archive.place().read_bytes()
    assert kept.configuration == hash_of(kept.parts) != hash_of(WITH_SECRETS)
    assert "hunter" not in json.dumps(archive.requests_of(kept.number)["url"].tolist())


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("code", [True, False])
def test_an_export_has_no_secrets_not_even_of_an_older_history(kind: str, code: bool, tmp_path: Path) -> None:
    old_runs()
    path = export(tmp_path / f"runs.{kind}", code=code)
    content = path.read_bytes()
    assert b"hunter" not in content and hash_of(WITH_SECRETS).encode() not in content
    if kind == "csv":
        assert (b"fetch(code)" in content, b"<secret-" in content) == (code, code)


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite"])
def test_runs_without_code_are_imported_and_their_code_is_not_known(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in range(6):
        unknown = {"parts": {}, "configuration": ""} if kind == "sqlite" else {}
        archive.append(sample(count, wall=0.1 + count / 1000, **unknown), REQUESTS)
    file = archive.place() if kind == "sqlite" else export(tmp_path / f"anna.{kind}", code=False)
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path / "mine" / "history.sqlite"))
    import_runs(file, who="Anna")
    assert history()["configuration"].tolist() == [""] * 6
    assert {(run.configuration, *run.parts) for run in archive.all_runs()} == {("",)}
    if kind == "parquet":
        pandas.testing.assert_series_equal(archive.requests_of(1)["path"], pandas.Series(REQUESTS["path"], name="path"))


def test_whether_code_is_exported_is_true_or_false(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="code is True or False, not 'no'"):
        export(tmp_path / "runs.csv", code="no")  # type: ignore[arg-type]


def test_the_key_is_not_in_the_history_itself() -> None:
    archive.append(*without_secrets(sample(parts=WITH_SECRETS), ASKED))
    with closing(sqlite3.connect(archive.place())) as connection:
        everything = "\n".join(connection.iterdump())
    assert "<secret-" in everything and secret_key().hex() not in everything.lower()


def test_labels_are_compared_as_before() -> None:
    for count in range(5):
        archive.append(*without_secrets(sample(count, parts=WITH_SECRETS), ASKED))
        archive.append(*without_secrets(sample(count, label="at once", parts=WITH_SECRETS), ASKED))
    assert "one by one" in compare("one by one", "at once").sentence
