"""Small pages that are asked while others are at work."""
# mypy: disable-error-code="import-untyped, no-untyped-def"

import os
import threading
import time

from django.db import transaction
from django.http import JsonResponse

from ..models import Mark


def ping(request):
    return JsonResponse({"pong": True})


@transaction.non_atomic_requests  # a server with ATOMIC_REQUESTS has this page, too
async def spent(request):
    """Seconds of processor time of this process so far, how many threads it has now, and which process it is."""
    return JsonResponse({"cpu": time.process_time(), "threads": threading.active_count(), "pid": os.getpid()})


def marks(request):
    """How many marks of this name have been saved."""
    return JsonResponse({"marks": Mark.objects.filter(what=request.GET["mark"]).count()})
