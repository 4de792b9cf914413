"""The content of a message, parsed from its raw bytes: headers, bodies and parts, and the links and codes in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mockmail.core.mail import calendar, html_text, mime
from mockmail.core.mail import parts as mime_parts
from mockmail.core.mail.calendar import CalendarEvent
from mockmail.core.mail.links import Link, Unsubscribe, codes, unsubscribe
from mockmail.core.mail.selection import Html

TEXT_LIMIT = 1 << 20
"""The bytes of a message that a search and a summary read. A body after a large attachment is not searched."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attachment:
    """An attachment or inline part of a message.

    filename: the name that the sender gave, None without one. It is not safe as a path.
    content_type: the media type, without parameters.
    content: the decoded bytes.
    content_id: the Content-ID without angle brackets, None without one.
    """

    filename: str | None
    content_type: str
    content: bytes
    content_id: str | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.filename!r}: {self.content_type}, {len(self.content)} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessagePart(Attachment):
    """A part of a message that contains no other parts. disposition: `inline`, `attachment`, or empty."""

    disposition: str


class MessageContent:
    """The content of raw bytes. It is parsed when a property that needs it is first read.

    raw, max_parts: as in `Message`.
    """

    raw: bytes
    max_parts: int

    @cached_property
    def headers(self) -> mime.Headers:
        """Return the decoded headers; names are case-insensitive, and `get_all` returns repeated ones."""
        return mime.headers(self.raw)

    @property
    def subject(self) -> str:
        """Return the decoded Subject header, empty without one."""
        return self.headers.get("Subject", "")

    @property
    def from_(self) -> str:
        """Return the decoded From header, empty without one."""
        return self.headers.get("From", "")

    @property
    def to(self) -> list[str]:
        """Return the addresses of the To header."""
        return mime.addresses(self.headers.undecoded("To"))

    @property
    def cc(self) -> list[str]:
        """Return the addresses of the Cc header."""
        return mime.addresses(self.headers.undecoded("Cc"))

    @cached_property
    def text(self) -> str:
        """Return the plain text body; without one, the visible text of the HTML body. Lines end in LF alone."""
        text = self._html_content.text if self._plain is None else self._plain
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def html(self) -> Html:
        """Return the HTML body, empty without one: a str, and `html.select("a.button")` finds elements in it."""
        return Html(self._body("html") or "")

    @property
    def has_html(self) -> bool:
        """Return whether there is an HTML body that is not empty."""
        return bool(self.html)

    @property
    def has_plain_text(self) -> bool:
        """Return whether there is a plain text body, an empty one too."""
        return self._plain is not None

    @property
    def visible_html(self) -> str:
        """Return the visible text of the HTML body, empty without one."""
        return self._html_content.text

    @cached_property
    def links(self) -> list[Link]:
        """Return the links in the HTML body, then those in the plain text. Each URL is listed once.

        Each is its URL, a str, with the attributes `text`, `tag` and `part`.
        """
        in_html = self._part_number("html")
        in_text = self._part_number("plain")
        found = [
            *(Link(link.url, text=link.text, tag=link.tag, part=in_html) for link in self._html_content.links),
            *(Link(url, part=in_text) for url in html_text.urls(self._plain or "")),
        ]
        return list(dict.fromkeys(found))

    @property
    def codes(self) -> list[str]:
        """Return possible one-time codes in the text: numbers, and words of capitals and digits after `code`."""
        return codes(self.text)

    @property
    def unsubscribe(self) -> Unsubscribe | None:
        """Return the links to unsubscribe in the headers, None without one."""
        return unsubscribe(self.headers.get_all("List-Unsubscribe"), self.headers.get_all("List-Unsubscribe-Post"))

    @cached_property
    def calendar(self) -> list[CalendarEvent]:
        """Return the events in the calendar parts (`text/calendar`)."""
        found: list[CalendarEvent] = []
        for number, part in enumerate(self.leaves, 1):
            if part.content_type.value == "text/calendar":
                found += calendar.events(part.text(), number, most=calendar.MOST_EVENTS - len(found))
        return found

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Return the attachments, inline parts included."""
        return [Attachment(**part) for part in mime_parts.attachments(self._parsed.message)]

    @property
    def attachment_names(self) -> list[str]:
        """Return the names of the attachments without decoding their contents; empty for one without a name."""
        return [part.filename or "" for part in mime_parts.attached(self._parsed.message)]

    @cached_property
    def has_attachment(self) -> bool:
        """Return whether there is an attachment or inline part; one that begins after `TEXT_LIMIT` does not count."""
        is_long = len(self.raw) > TEXT_LIMIT
        parsed = mime_parts.parse(self.raw[:TEXT_LIMIT], self.max_parts) if is_long else self._parsed
        return next(mime_parts.attached(parsed.message), None) is not None

    @property
    def has_parts(self) -> bool:
        """Return whether the Content-Type says that the message consists of parts."""
        return self._parsed.message.content_type.value.startswith(("multipart/", "message/"))

    @property
    def parts(self) -> list[MessagePart]:
        """Return the parts in order: bodies, inline parts and attachments, without the containers of parts."""
        return [MessagePart(**fields) for fields in mime_parts.leaves(self._parsed.message)]

    @cached_property
    def leaves(self) -> list[mime_parts.Part]:
        """Return the parts that contain no other parts, with their positions in `raw`."""
        return [part for part in self._parsed.message.walk() if not part.is_container]

    @property
    def unparsed(self) -> list[str]:
        """Return a sentence for each bound that left a piece of the message unparsed. `raw` always has all of it."""
        is_text_complete = self._html_content.is_complete and len(self._plain or "") <= html_text.TEXT_LIMIT
        sentences = (
            "" if self.headers.is_complete else mime.INCOMPLETE,
            self._parsed.unparsed,
            "" if is_text_complete else html_text.INCOMPLETE,
        )
        return [sentence for sentence in sentences if sentence]

    @cached_property
    def _parsed(self) -> mime_parts.Parsed:
        return mime_parts.parse(self.raw, self.max_parts)

    @cached_property
    def _plain(self) -> str | None:
        return self._body("plain")

    @cached_property
    def _html_content(self) -> html_text.HtmlContent:
        return html_text.read_html(self.html)

    @cached_property
    def _bodies(self) -> dict[str, mime_parts.Part | None]:
        return {name: mime_parts.body_part(self._parsed.message, name) for name in ("plain", "html")}

    def _part_number(self, subtype: Literal["plain", "html"]) -> int:
        body = self._bodies[subtype]
        return next((number for number, part in enumerate(self.leaves, 1) if part is body), 1)

    def _body(self, subtype: Literal["plain", "html"]) -> str | None:
        part = self._bodies[subtype]
        return None if part is None else part.text()
