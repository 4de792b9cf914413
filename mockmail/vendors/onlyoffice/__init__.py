"""ONLYOFFICE DocSpace: the SMTP settings of a portal, and the ways to sign in, JSON under /api/2.0/."""

from mockmail.vendors.onlyoffice.vendor import VENDOR

__all__ = ["VENDOR"]
