"""Twilio SendGrid's v3 API."""

from mockmail.vendors.sendgrid.vendor import VENDOR

__all__ = ["VENDOR"]
