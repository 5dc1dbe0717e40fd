"""A feed, as for Server-Sent Events: a piece every 0.05 s, for as long as somebody reads it."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call, var-annotated"

import asyncio
import time

from django.http import JsonResponse, StreamingHttpResponse

MANY = range(60)  # where yours has `while True`: here even a feed that is not stopped has an end
made, ended = {}, set()  # of each reader: how many pieces, and whether `finally` was reached


def feed_sync(request):
    def pieces(reader):
        try:
            for made[reader] in MANY:
                yield "data: a piece\n\n"
                time.sleep(0.05)
        finally:
            ended.add(reader)

    return StreamingHttpResponse(pieces(request.GET["reader"]), content_type="text/event-stream")


async def feed_async(request):
    async def pieces(reader):
        try:
            for made[reader] in MANY:
                yield "data: a piece\n\n"
                await asyncio.sleep(0.05)
        finally:
            ended.add(reader)

    return StreamingHttpResponse(pieces(request.GET["reader"]), content_type="text/event-stream")


async def so_far(request):
    reader = request.GET["reader"]
    return JsonResponse({"made": made.get(reader, -1) + 1, "finally": reader in ended})
