"""Mailgun: the e-mail API of api.mailgun.net, forms in and JSON out."""

from mockmail.vendors.mailgun.vendor import VENDOR

__all__ = ["VENDOR"]
