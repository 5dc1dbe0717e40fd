"""Secrets in texts and URLs, made unreadable: by the name that stands before them, or by their own shape.

What is masked becomes ``<secret-9f3a-1b2c3d>``. The end is a short HMAC under a key that is in no export, by which
another secret is told from the same one. Without the key nobody can try out passwords against it, as could be done with
a hash. The middle tells marks under another key, which cannot be compared.

Masking by name and shape cannot know everything: a password that is called ``x`` everywhere is kept as it is.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Sequence

from helpers.code.secret_names import SIGNS, is_secret, is_secret_parameter

Key = Callable[[], bytes]
"""Gives the key of the marks. It is asked only where there is a secret."""

MARK = re.compile(r"<secret(?:-([0-9a-f]{4})-([0-9a-f]{6}))?>")
GAP = "\ue000"
"""Stands in a text for what an f-string puts in there: one of Unicode's characters for private use."""
SHORTEST = 8
"""Characters of a value of the environment from which on it is looked for."""

_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}"  # GitHub, GitLab
    r"|sk-[\w-]{16,}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|hf_[A-Za-z0-9]{20,}"  # OpenAI, Stripe, Hugging Face
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|ya29\.[\w-]{20,}"  # Amazon, Google
    r"|xox[a-z]-[A-Za-z0-9-]{10,}|SG\.[\w-]{16,}\.[\w-]{16,}|npm_[A-Za-z0-9]{30,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*"  # a JSON web token: the base64 of '{"'
    r")|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=hooks\.slack\.com/services/)[\w/]+|(?<=/api/webhooks/)[\w/-]+",
    re.DOTALL,
)
"""Secrets that are known by how they look, as the scanners gitleaks and GitHub secret scanning know them."""
_SHAPE_SIGNS = (
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-", "k_live", "k_test", "hf_", "akia", "asia",
    "aiza", "ya29", "xox", "sg.", "npm_", "eyj", "private key", "bearer", "basic", "/services/", "/api/webhooks/", "@",
    "-u ", "--user",
)  # fmt: skip
"""In lower case, one of these is in every text that has such a shape."""
_USER = re.compile(r"(://)(?:([^\s/@:'\"]*:)([^\s/'\"]+)|(?<=http://|ttps://)([^\s/@:'\"?#]+))(?=@)")
"""The user and password of a URL, or the token that stands there alone."""
_CURL = re.compile(r"((?:^|\s)(?:-u|--user)[ =]?[\"']?[^\s:\"']+:)([^\s\"']+)")
"""The password of curl's option."""
_NAME = re.compile(
    r"(?<![\w.-])([A-Za-z][\w.-]*)\\?[\"']?\s?([=:])\s?\\?([\"']?)(?:(?:Bearer|Basic|Token|Digest)\s)?", re.IGNORECASE
)
_ENDS = {"=": re.compile(r"(?:;(?!\s|$)|[^\s&;\"'])+"), ":": re.compile(r"[^\"'\n]+")}
"""How far a value goes: ``?api_key=abc&`` and ``TOKEN=abc; ``, but ``Cookie: a=1; b=2`` to the end of the line."""
_QUOTED = {'"': re.compile(r'[^"]+'), "'": re.compile(r"[^']+")}
_PUT_IN = re.compile(r"%(?:\(\w*\))?\w|\{[\w.]*\}|\$\w+|\$\{\w+\}")
"""What is not there yet, as in ``"token=%s"``, ``"token={}"`` and ``$TOKEN``."""
_SCHEME = re.compile(r"\b(Bearer|Basic)\s+([\w.~+/=-]{6,})")
_BEGINS = re.compile(r"(?:Bearer|Basic|Token|Digest|ApiKey)(?:\s+|$)|\s+", re.IGNORECASE)


class Mask:
    """Masks texts. Without a key all secrets get the same mark."""

    def __init__(self, key: Key | None) -> None:
        self._key = key
        # A secret that a variable of the environment names is one under whatever name it is read.
        given = {
            value for name, value in os.environ.items()
            if is_secret(name) and len(value) >= SHORTEST and not os.path.isabs(value)  # PWD is where a shell stands
        }  # fmt: skip
        self._given = tuple(sorted(given, key=len, reverse=True))

    def __eq__(self, other: object) -> bool:
        """Whether it masks the same texts in the same way."""
        return isinstance(other, Mask) and (self._key, self._given) == (other._key, other._given)

    def __hash__(self) -> int:
        return hash((self._key, self._given))

    def finds_signs(self, text: str) -> bool:
        """Whether there may be a secret in a text at all: most have none, and are not looked through for each kind."""
        low = text.lower()
        return any(sign in low for sign in (*SIGNS, *_SHAPE_SIGNS)) or any(value in text for value in self._given)

    def secret(self, text: str) -> str:
        """A text that is a secret by its name; of a URL what is one in it. A scheme such as Bearer stays."""
        if text.startswith(("http://", "https://")):
            return self.text(text)
        start = begins.end() if (begins := _BEGINS.match(text)) else 0
        return text[:start] + self._hidden(text[start:])

    def text(self, text: str) -> str:
        """A text without the secrets that are known in it by a name or a shape."""
        for value in self._given:
            text = text.replace(value, self._hidden(value))
        text = _SHAPES.sub(lambda found: self._hidden(found[0]), text)
        text = _USER.sub(
            lambda found: f"{found[1]}{found[2] or ''}{self._hidden(found[3] if found[2] else found[4])}", text
        )
        text = _CURL.sub(lambda found: found[1] + self._hidden(found[2]), text)
        return _SCHEME.sub(self._with_scheme, self._without_named(text))

    def _without_named(self, text: str) -> str:
        done, pieces = 0, []
        for named in _NAME.finditer(text):
            name, sign, quote = named.groups()
            value = (_QUOTED.get(quote) or _ENDS[sign]).match(text, named.end())
            in_query = text[named.start() - 1 : named.start()] in ("?", "&")
            says_so = is_secret_parameter if in_query else is_secret
            if value and named.start() >= done and says_so(name) and not _PUT_IN.fullmatch(value[0]):
                pieces += [text[done : value.start()], self._hidden(value[0])]
                done = value.end()
        return "".join([*pieces, text[done:]])

    def _with_scheme(self, found: re.Match[str]) -> str:
        if found[1] == "Basic" and not _is_basic(found[2]):
            return found[0]
        return found[0].removesuffix(found[2]) + self._hidden(found[2])

    def _hidden(self, text: str) -> str:
        return GAP.join(self._mark(piece) for piece in text.split(GAP))

    def _mark(self, text: str) -> str:
        if MARK.fullmatch(text) or not any(char.isalnum() for char in text):
            return text
        if self._key is None:
            return "<secret>"
        key = self._key()
        which = hashlib.sha256(b"the name of " + key).hexdigest()[:4]
        tag = hmac.new(key, text.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()[:6]
        return f"<secret-{which}-{tag}>"


def masked_urls(urls: Sequence[str], key: Key | None) -> list[str]:
    """The URLs without the secrets in them. There may be ten thousand, of which most often none has any."""
    mask = Mask(key)
    if not mask.finds_signs("\n".join(urls).replace("://", "")):
        return list(urls)
    known = {url: mask.text(url) for url in dict.fromkeys(urls)}
    return [known[url] for url in urls]


def names_what_follows(text: str) -> str:
    """The name of a secret with which a text ends, as `"?token="` does; "" where it ends with none."""
    last = next((found for found in _NAME.finditer(text) if found.end() == len(text)), None)
    return last[1] if last and is_secret(last[1]) else ""


def without_tags(text: str) -> str:
    """The text as it is shown: the tags of the marks are for comparing."""
    return MARK.sub("<secret>", text)


def _is_basic(text: str) -> bool:
    """Whether it is ``user:password`` in base64, and not a word of a sentence that begins with "Basic"."""
    try:
        return b":" in base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
