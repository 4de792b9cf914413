"""Brevo (once Sendinblue): the transactional e-mail API of api.brevo.com, JSON under `/v3`."""

from mockmail.vendors.brevo.vendor import VENDOR

__all__ = ["VENDOR"]
