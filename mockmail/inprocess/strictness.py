"""The checks of a strict test: unmatched requests, crashed handlers, and faults and stubs that were never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockmail.inprocess.mockmail import MockMail


def failures_of(mm: MockMail) -> str:
    """Return the reasons why a strict test fails, as text; empty if there are none."""
    failures = [f"no call met the fault: {fault}" for fault in (*mm.faults.unused(), *mm.smtp_faults.unused())]
    failures += [f"no request got the {stub}" for stub in mm.stubs.unused()]
    unmatched, crashes = mm.requests.unmatched(), mm.requests.crashes()
    if unmatched or crashes:
        from mockmail.wire.masking import Masking

        masking = Masking(mm.server.vendors)
        for exchange in unmatched:
            masked = masking(exchange)
            nearest = "".join(f"\n    nearest: {suggestion}" for suggestion in masked.nearest)
            failures.append(f"no operation serves {exchange.method} {masked.path} (status {exchange.status}){nearest}")
        failures += [f"a handler crashed: {exchange}\n{masking(exchange).crash}" for exchange in crashes]
    return "\n".join(f"mockmail: {failure}" for failure in failures)
