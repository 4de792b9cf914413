"""What operations take besides a JSON body: markers, as which the dialect knows how to read a request."""

from __future__ import annotations


class Fields:
    """The parameters of query and form."""


class MailFields:
    """The fields of a mail: of query and form, or of a multipart body."""
