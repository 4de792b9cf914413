"""Addresses: as a server listens on them, and as a client on this machine is told them."""

from __future__ import annotations


def written(host: str, port: int) -> str:
    """`host:port`, as a URL has it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reached(host: str) -> str:
    """Where a server that listens there is reached."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # the opposite of listening there
