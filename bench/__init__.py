"""Benchmarks of mockmail's claims about speed."""
