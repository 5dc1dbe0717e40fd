"""A middleware that keeps whose request it is, in seven places, and a page that tells what it finds in each."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call, var-annotated"

import asyncio
import threading
import time
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import JsonResponse

of_module = None
of_thread = threading.local()
of_context = ContextVar("of_context", default=None)
set_by_each = ContextVar("set_by_each", default=None)


class KeepsWho:
    sync_capable = async_capable = True
    of_class = None

    def __init__(self, get_response):
        self.get_response, self.of_self = get_response, None
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        global of_module
        request.passed = self
        who = request.GET.get("who") or None
        set_by_each.set(who)
        if who is not None:
            of_module = KeepsWho.of_class = self.of_self = of_thread.who = request.who = who
            of_context.set(who)
        return self.get_response(request)


def what_is_found(request):
    return JsonResponse(
        {
            "global of a module": of_module,
            "class attribute": KeepsWho.of_class,
            "self of the middleware": request.passed.of_self,
            "threading.local": getattr(of_thread, "who", None),
            "ContextVar": of_context.get(),
            "ContextVar, set by each": set_by_each.get(),
            "attribute of request": getattr(request, "who", None),
        }
    )


def plain(request):
    time.sleep(0.05)  # meanwhile others come
    return what_is_found(request)


async def awaited(request):
    await asyncio.sleep(0.05)
    return what_is_found(request)
