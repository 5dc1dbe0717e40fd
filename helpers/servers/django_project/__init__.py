"""A small Django project, and the servers that it runs on: `django_server("wsgi")`, `django_server("asgi")`.

The project is laid out as Django lays out any: settings, urls, models, views. Its views call the practice API.
"""

from .client import WebServer, aiohttp_server, django_server
from .database import django_here
from .in_kernel import served_here
from .source import show_source

__all__ = ["WebServer", "aiohttp_server", "django_here", "django_server", "served_here", "show_source"]
