"""Amazon SES: version 2 (JSON) and version 1 (the Query protocol, XML) of email.{region}.amazonaws.com."""

from mockmail.vendors.ses.vendor import VENDOR

__all__ = ["VENDOR"]
