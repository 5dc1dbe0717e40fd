"""A middleware that does nothing: what it costs is the way to it and back. And one that remembers who is signed in."""
# mypy: disable-error-code="import-untyped, no-untyped-def"

from contextvars import ContextVar

current_user = ContextVar("current_user", default=None)


def sync_only(get_response):
    def middleware(request):
        return get_response(request)

    return middleware


def remembering_user(get_response):
    def middleware(request):
        if request.user.is_authenticated:  # here the query is made, in a thread
            current_user.set(request.user)
        return get_response(request)

    return middleware
