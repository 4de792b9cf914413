"""Rackspace Email and Hosted Exchange: the REST API of api.emailsrvr.com, XML and JSON under /v1/."""

from mockmail.vendors.rackspace.vendor import VENDOR

__all__ = ["VENDOR"]
