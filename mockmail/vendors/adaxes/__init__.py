"""Adaxes: the REST API, JSON under /restApi/api/ and /api/."""

from mockmail.vendors.adaxes.vendor import VENDOR

__all__ = ["VENDOR"]
