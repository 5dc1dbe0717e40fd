"""Which names say that what they name is a secret: of variables, arguments, keys, headers and query parameters."""

import re
from functools import lru_cache
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
"""The words of ``API_KEY``, ``apiKey`` and ``X-Api-Key``."""

_ANYWHERE = {
    "password", "passwords", "passwd", "passphrase", "passcode", "pwd", "secret", "secrets", "credential",
    "credentials", "cred", "creds", "authorization", "cookie", "cookies", "token", "tokens", "jwt", "apikey", "apikeys",
}  # fmt: skip
_AT_THE_END = {"auth", "pass", "pw", "pin", "otp", "totp", "cvv", "cvc", "psk", "sid", "sig", "signature"}
_RUN_TOGETHER = (
    "password", "passwd", "apikey", "accesskey", "secretkey", "privatekey", "sessionid", "sessid", "authorization",
    "accesstoken", "authtoken", "csrftoken",
)  # fmt: skip
"""Words that are written as one, with others before and after them: ``PGPASSWORD``, ``JSESSIONID``."""
_KINDS_OF_KEY = {
    "access", "account", "api", "app", "auth", "client", "consumer", "deploy", "encryption", "hmac", "license",
    "master", "private", "secret", "service", "session", "shared", "signing", "ssh", "storage", "subscription",
}  # fmt: skip
"""A key alone is any key of a dictionary."""
_ABOUT_ONE = {
    "bucket", "count", "endpoint", "env", "expires", "expiry", "field", "file", "filename", "length", "limit", "name",
    "param", "path", "policy", "prefix", "size", "ttl", "type", "uri", "url", "var", "variable",
}  # fmt: skip
"""What ends so is something about a secret: ``token_url``, ``password_file``."""
_OFTEN_NUMBERS = {"password", "passwd", "passcode", "pwd", "pin", "otp", "totp", "cvv", "cvc"}
_IN_A_QUERY = {"key", "appid"}
"""In a URL these are keys to an API."""

SIGNS = (
    "pass", "pwd", "secret", "cred", "authoriz", "cookie", "token", "jwt", "key", "auth", "pw", "pin", "otp",
    "cvv", "cvc", "psk", "sid", "sig", "sess", "appid",
)  # fmt: skip
"""In lower case, one of these is in every name that is taken for a secret's."""


@lru_cache(maxsize=10_000)
def is_secret(name: str) -> bool:
    """Whether a name says that its value is a secret, as ``API_KEY``, ``Authorization`` and ``client_secret`` do."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _ABOUT_ONE:
        return False
    together = "".join(words)
    pairs = pairwise(words)
    return (
        not _ANYWHERE.isdisjoint(words)
        or words[-1] in _AT_THE_END
        or any(known in together for known in _RUN_TOGETHER)
        or any((kind in _KINDS_OF_KEY and other in ("key", "keys")) or (kind, other) == ("session", "id")
               for kind, other in pairs)
    )  # fmt: skip


def is_secret_parameter(name: str) -> bool:
    """The same for a parameter in the query of a URL."""
    return is_secret(name) or name.lower() in _IN_A_QUERY


def may_be_number(name: str) -> bool:
    """Whether such a secret may be a number, as a PIN is: ``tokens=10`` is a number of tokens."""
    return not _OFTEN_NUMBERS.isdisjoint(word.lower() for word in _WORD.findall(name))
