"""Every attack of `bench/hostile/`, in a small form, on both event loops."""

from __future__ import annotations

import importlib.util

import pytest

from bench.hostile import ATTACKS, LOOPS, attack

SMALL = 0.02
"""The share of the repetitions of an attack that a test makes."""

NOISE = 0.005
"""Seconds of the slowest answer of an idle server on a quiet machine; a busy one is slower."""

RATIO = 400
"""The times by which an attack may slow down an answer. What was mended here had ratios from 1,000 to 10,000."""


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("chosen", ATTACKS, ids=lambda chosen: chosen.name.replace(" ", "-"))
def test_attack_neither_stalls_nor_fills_the_server(monkeypatch, chosen, loop):
    if loop == "uvloop" and importlib.util.find_spec("uvloop") is None:
        pytest.skip("uvloop is not installed: install mockmail[speedups]")

    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # tracing would slow down the server

    cost = attack(chosen, loop, SMALL)

    assert cost.stall <= RATIO * max(cost.idle, NOISE)
    assert cost.megabytes <= chosen.memory
