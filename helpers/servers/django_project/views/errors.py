"""What a view's error looks like from outside."""
# mypy: disable-error-code="import-untyped, no-untyped-def"

import sys

from django.http import JsonResponse


def as_json(request):
    kind, error, _ = sys.exc_info()
    return JsonResponse({"error": kind.__name__ if kind else "", "message": str(error)}, status=500)
