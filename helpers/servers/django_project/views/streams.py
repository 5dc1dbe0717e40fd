"""A page that comes in five pieces, a tenth of a second apart."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import asyncio
import time

from django.http import StreamingHttpResponse


def stream_sync(request):
    def pieces():
        for number in range(5):
            yield f"piece {number}\n"
            time.sleep(0.1)

    return StreamingHttpResponse(pieces(), content_type="text/plain")


async def stream_async(request):
    async def pieces():
        for number in range(5):
            yield f"piece {number}\n"
            await asyncio.sleep(0.1)

    return StreamingHttpResponse(pieces(), content_type="text/plain")
