"""Lifecycle: the only place with sockets, threads and certificates."""
