"""Resend: the e-mail API of api.resend.com, JSON without a version in the path."""

from mockmail.vendors.resend.vendor import VENDOR

__all__ = ["VENDOR"]
