"""A few kills, as a quick version of `python -m bench.kill`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_acknowledged_writes_survive_a_few_kills():
    command = [sys.executable, "-m", "bench.kill", "5", "--seed", "few"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert (last.startswith("5 kills in "), last.endswith(": all as acknowledged")) == (True, True)


def test_clock_frozen_over_http_stays_frozen_after_a_kill(serve_there):
    first = serve_there("--vendors", "atmail", "--quiet")
    body = '{"at": "2026-01-31T12:00:00Z"}'
    assert first.ask("POST", "/_mockmail/clock/freeze", body, Content_Type="application/json").status == 200
    first.end()

    second = serve_there("--vendors", "atmail", "--quiet")

    assert second.ask("GET", "/_mockmail/clock").json == {"now": "2026-01-31T12:00:00+00:00", "frozen": True}
