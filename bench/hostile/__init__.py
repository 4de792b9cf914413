"""Attacks on a server as data, and the measure of what each costs everybody else: `python -m bench.hostile`."""

from __future__ import annotations

from bench.hostile import compatible, connections, contents, senders, volume
from bench.hostile.runner import LOOPS, Cost, attack, serving
from bench.hostile.target import Attack, Server, connection, http

ATTACKS = (*contents.ATTACKS, *connections.ATTACKS, *compatible.ATTACKS, *senders.ATTACKS, *volume.ATTACKS)

__all__ = ["ATTACKS", "LOOPS", "Attack", "Cost", "Server", "attack", "connection", "http", "serving"]
