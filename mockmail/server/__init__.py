"""Lifecycle: the only place with sockets and threads."""
