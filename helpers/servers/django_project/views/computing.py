"""A page that computes, in plain Python, as a plain view and as a coroutine."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

from django.http import JsonResponse


def total():
    return sum(n * n for n in range(6_000_000))


def plain(request):
    return JsonResponse({"total": total()})


async def in_the_loop(request):
    return JsonResponse({"total": total()})
