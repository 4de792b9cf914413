"""Formats that no vendor owns: forms, JSON, XML, headers, and the binding of parameters."""
