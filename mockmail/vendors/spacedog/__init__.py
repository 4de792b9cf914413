"""SpaceDog 0.41: the mail service of a backend as a service, JSON under /1/."""

from mockmail.vendors.spacedog.vendor import VENDOR

__all__ = ["VENDOR"]
