"""PostgreSQL for the chapters that ask a database: a server of the kernel's own, or the class's."""

from .client import Postgres, postgres

__all__ = ["Postgres", "postgres"]
