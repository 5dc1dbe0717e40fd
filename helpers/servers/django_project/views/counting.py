"""A page that counts how often it was asked for: in a row of the database, a variable, or the reader's session."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call, var-annotated"

import threading
import time
from collections import Counter

from django.db.models import F
from django.http import JsonResponse

from ..models import Page

seen, lock = Counter(), threading.Lock()


def read_and_save(request):
    page = Page.objects.get(path="/counting/read-and-save")
    page.views = page.views + 1
    time.sleep(0.02)  # a page does more than that
    page.save()
    return JsonResponse({"counted": True})


def by_f(request):
    page = Page.objects.get(path="/counting/by-f")
    page.views = F("views") + 1
    time.sleep(0.02)
    page.save()
    return JsonResponse({"counted": True})


def in_memory(request):
    with lock:
        seen[request.GET["page"]] += 1
        return JsonResponse({"views": seen[request.GET["page"]]})


def in_session(request):
    views = request.session.get("views", 0)
    time.sleep(0.02)
    request.session["views"] = views + 1
    return JsonResponse({"views": views + 1})


def views_of(request):
    """How often it has been counted."""
    return JsonResponse({"views": Page.objects.get(path=request.GET["page"]).views})
