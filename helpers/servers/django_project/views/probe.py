"""Small pages that are asked while others are at work."""
# mypy: disable-error-code="import-untyped, no-untyped-def"

import threading
import time

from django.http import JsonResponse


def ping(request):
    return JsonResponse({"pong": True})


async def spent(request):
    """Seconds of processor time of this process so far, and how many threads it has now."""
    return JsonResponse({"cpu": time.process_time(), "threads": threading.active_count()})
