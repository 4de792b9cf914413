"""Markers that tell the dialect how to read the fields of a request; a JSON body is `bodies.JsonBody`."""

from __future__ import annotations


class Fields:
    """The parameters of query and form."""


class MailFields:
    """The fields of a mail: of query and form, or of a multipart body."""
