"""An async view behind decorators that were written for plain views, and behind one that is for both."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

from functools import wraps

from asgiref.sync import iscoroutinefunction
from django.http import JsonResponse


def passing_on(view):
    @wraps(view)
    def wrapper(request):
        return view(request)

    return wrapper


def stamping(view):
    @wraps(view)
    def wrapper(request):
        response = view(request)
        response["X-Stamp"] = "seen"
        return response

    return wrapper


def stamping_both(view):
    if not iscoroutinefunction(view):
        return stamping(view)

    @wraps(view)
    async def wrapper(request):
        response = await view(request)
        response["X-Stamp"] = "seen"
        return response

    return wrapper


@passing_on
async def passed_on(request):
    return JsonResponse({"stamped": False})


@stamping
async def stamped(request):
    return JsonResponse({"stamped": True})


@stamping_both
async def stamped_async(request):
    return JsonResponse({"stamped": True})


@stamping_both
def stamped_plain(request):
    return JsonResponse({"stamped": True})
