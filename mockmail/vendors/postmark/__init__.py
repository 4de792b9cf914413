"""Postmark: the transactional e-mail API of api.postmarkapp.com, JSON without a version in the path."""

from mockmail.vendors.postmark.vendor import VENDOR

__all__ = ["VENDOR"]
