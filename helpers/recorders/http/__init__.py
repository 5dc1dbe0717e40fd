"""Record HTTP requests: a recorder, and the hooks on each client library."""
