"""Certificates for TLS with ourselves."""

from __future__ import annotations

from mockmail.tls import certificates
from mockmail.tls.certificates import Certificates


def test_host_has_one_certificate():
    ours = Certificates()

    assert ours.server("mail.example.com") is ours.server("MAIL.example.com")
    assert ours.server("mail.example.com") is not ours.server("other.example.com")


def test_certificates_are_kept_in_bounded_number(monkeypatch):
    monkeypatch.setattr(certificates, "KEPT", 3)
    ours = Certificates()

    kept = [ours.server(f"host{number}.example.com") for number in range(5)]

    assert len({id(context) for context in kept}) == 5
    assert ours.server("host4.example.com") is kept[4]
    assert len(ours._contexts) <= 3
