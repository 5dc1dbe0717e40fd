"""A middleware that does nothing. What it costs is the way to it and back."""
# mypy: disable-error-code="no-untyped-def"


def sync_only(get_response):
    def middleware(request):
        return get_response(request)

    return middleware
