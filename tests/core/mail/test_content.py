"""Links, codes, unsubscribe links, calendar events and blind copies of a message; selecting in its HTML; saving it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from call_counter import calls

from mockmail.core.errors import InvalidValue
from mockmail.core.mail import calendar, links
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.links import Unsubscribe
from mockmail.core.mail.message import Envelope, Message, SentBy

ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


def message_of(raw: bytes | EmailMessage, *recipients: str) -> Message:
    content = raw if isinstance(raw, bytes) else raw.as_bytes()
    envelope = Envelope(sender="shop@example.com", recipients=recipients or ("jane@example.com",))
    return Message("m1", 7, datetime(2026, 1, 2, tzinfo=UTC), content, envelope, SentBy())


def invitation(body: str) -> Message:
    mail = EmailMessage()
    mail.set_content("Come!")
    mail.add_alternative(body.replace("\n", "\r\n"), subtype="calendar")
    return message_of(mail)


EVENT = """BEGIN:VCALENDAR
METHOD:request
BEGIN:VTIMEZONE
SUMMARY:not of an event
END:VTIMEZONE
BEGIN:VEVENT
UID:77@example.com
SUMMARY:Lunch\\, with
  a friend
LOCATION:Room 1
DTSTART;TZID=Europe/Rome:20260102T120000
DTEND:20260102T113000Z
ORGANIZER;CN="Doe; Jane":mailto:jane@example.com
ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:MAILTO:bob@example.com
ATTENDEE:mailto:joe@example.com
no property
BEGIN:VALARM
SUMMARY:not of the event
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260105
END:VEVENT
END:VCALENDAR
"""


def test_link_is_its_url_and_knows_its_text_tag_and_part():
    mail = EmailMessage()
    mail.set_content("See https://x.example/plain and https://x.example/html.")
    html = '<a href="https://x.example/html">Go <b>on</b></a><map><area href="/map"></map><a href="/open">to the end'
    mail.add_alternative(html, subtype="html")

    found = message_of(mail).links

    assert found == ["https://x.example/html", "/map", "/open", "https://x.example/plain"]
    assert [(link.text, link.tag, link.part) for link in found] == [
        ("Go on", "a", 2),
        ("", "area", 2),
        ("to the end", "a", 2),
        ("", None, 1),
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Your code is 123456.", ["123456"]),
        ("123-456 or 123 456, and 123456", ["123-456", "123 456", "123456"]),
        (
            "Your code is 482913. Or 1234, 123-456; not order #5555, 3.1415, 2024-05-06, $1000, https://x/98765?t=4444",
            ["482913", "1234", "123-456"],
        ),
        ("Your code: AB12-CD3\nOTP X7K9 and the word RED42", ["AB12-CD3", "X7K9"]),
        ("code is lower12 and PASSWORD", []),
        ("€1234 5678€ #1234 /1234 a=1234 12.3456 1234.50 123 123456789", []),
        ("© 2026 Shop, (c) 2027 Shop", []),
        ("", []),
    ],
)
def test_codes_are_found(text, codes):
    assert message_of(f"Subject: hi\r\n\r\n{text}".encode()).codes == codes


def test_codes_are_bounded_in_number_and_in_searched_text():
    assert len(links.codes("".join(f"{number} " for number in range(1000, 3000)))) == links.MOST_CODES
    assert links.codes(" " * (links.TEXT_LIMIT - 4) + "1234") == ["1234"]
    assert links.codes(" " * (links.TEXT_LIMIT - 3) + "1234") == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            "List-Unsubscribe: <mailto:u@x.example>,\r\n <https://x.example/u?1>\r\n" + ONE_CLICK,
            Unsubscribe(urls=("mailto:u@x.example", "https://x.example/u?1"), one_click="https://x.example/u?1"),
        ),
        ("List-Unsubscribe: <https://x.example/u>\r\n", Unsubscribe(urls=("https://x.example/u",), one_click=None)),
        (
            "List-Unsubscribe: <http://x.example/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            Unsubscribe(urls=("http://x.example/u",), one_click=None),
        ),
        ("List-Unsubscribe: none\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", None),
        ("", None),
    ],
)
def test_unsubscribe_is_one_click_only_with_https_and_the_post_header(headers, expected):
    assert message_of(f"{headers}\r\n".encode()).unsubscribe == expected


def test_calendar_part_has_its_events():
    lunch, day = invitation(EVENT).calendar

    assert (lunch.method, lunch.part, lunch.uid, lunch.summary) == (
        "REQUEST",
        2,
        "77@example.com",
        "Lunch, with a friend",
    )
    assert (lunch.start, lunch.zone, lunch.end) == ("2026-01-02T12:00:00", "Europe/Rome", "2026-01-02T11:30:00Z")
    assert lunch.location == "Room 1"
    assert lunch.organizer == calendar.Attendee(address="jane@example.com", name="Doe; Jane", status="")
    assert [(person.address, person.name, person.status) for person in lunch.attendees] == [
        ("bob@example.com", "Bob", "ACCEPTED"),
        ("joe@example.com", "", ""),
    ]
    assert (day.start, day.end, day.zone, day.organizer, day.attendees) == ("2026-01-05", "", "", None, ())


def test_events_over_the_bound_are_left_out():
    event = "BEGIN:VEVENT\nEND:VEVENT\n"

    assert len(calendar.events(event * calendar.MOST_EVENTS, 1)) == calendar.MOST_EVENTS
    assert len(calendar.events(event * (calendar.MOST_EVENTS + 1), 1)) == calendar.MOST_EVENTS


def test_attendees_over_the_bound_are_left_out():
    people = "ATTENDEE:mailto:a@b\n" * (calendar.MOST_ATTENDEES + 1)

    [event] = calendar.events(f"BEGIN:VEVENT\n{people}END:VEVENT\n", 1)

    assert len(event.attendees) == calendar.MOST_ATTENDEES


@pytest.mark.parametrize("unit", ["A;B=", 'A;B="', "BEGIN:VEVENT\n", "A:\n ", ';"";', "\r\n "])
def test_calls_for_a_broken_calendar_grow_with_its_length(unit):
    small, large = unit * 2_000, unit * 20_000

    assert calls(lambda: calendar.events(large, 1)) <= 12 * calls(lambda: calendar.events(small, 1)) + 100


@pytest.mark.parametrize(
    ("to", "recipients", "bcc"),
    [
        ("jane@example.com", ["jane@example.com", "bob@example.com"], ["bob@example.com"]),
        ('"J" <JANE@Example.COM>', ["jane@example.com"], []),
        ("team: jane@example.com, bob@example.com;", ["bob@example.com", "joe@example.com"], ["joe@example.com"]),
        ("jane@xn--mnchen-3ya.example", ["jane@münchen.example"], []),
        ('"jane"@example.com', ["jane@example.com"], []),
        ("=?utf-8?q?bob=40example=2Ecom=2C?= <jane@example.com>", ["bob@example.com"], ["bob@example.com"]),
        ("jane@example.com", ["Joe@example.com", "Joe@example.com"], ["Joe@example.com"]),
    ],
)
def test_bcc_is_the_recipients_that_no_header_names_and_search_agrees(mail, to, recipients, bcc):
    envelope = Envelope(sender="shop@example.com", recipients=tuple(recipients))
    message = mail.add(f"To: {to}\r\n\r\n".encode(), envelope, SentBy())

    assert message.bcc == bcc
    for recipient in recipients:
        assert mail.count(Criteria(query=f"bcc:{recipient}")) == int(recipient in bcc)


def test_elements_of_html_are_selected():
    message = message_of(
        b"Content-Type: text/html\r\n\r\n"
        b"<P><A class='button big' HREF='/x?a&amp;b'>Go\r\n <b>on</b></A><script>x</script>"
    )

    [link] = message.html.select("p > a.button")

    assert (link.tag, link.text, link["href"], link.attributes["class"]) == ("a", "Go on", "/x?a&b", "button big")
    assert link.html == '<a class="button big" href="/x?a&amp;b">Go\n <b>on</b></a>'
    assert [inner.text for inner in link.select("b")] == ["on"]
    assert repr(link) == "<Element a class='button big' href='/x?a&b': 'Go on'>"
    assert "<P>" in message.html
    assert message_of(b"\r\n").html.select("a") == []


def test_broken_selector_is_refused():
    with pytest.raises(InvalidValue, match=r"select: expected a CSS selector such as 'a\.button', got 'a\['"):
        message_of(b"Content-Type: text/html\r\n\r\n<a>").html.select("a[")


def test_message_is_saved_to_a_file_or_into_a_folder(tmp_path):
    message = message_of(b"Subject: ../../x\r\n\r\nhi")

    saved = message.save(tmp_path / "mail.eml")
    in_folder = message.save(str(tmp_path))

    assert (saved, saved.read_bytes()) == (tmp_path / "mail.eml", message.raw)
    assert (in_folder, in_folder.read_bytes()) == (tmp_path / "message-7.eml", message.raw)


def test_repr_of_an_attachment_has_its_size_and_not_its_content():
    mail = EmailMessage()
    mail.set_content("hi")
    mail.add_attachment(b"x" * 5000, maintype="application", subtype="pdf", filename="a.pdf")

    assert repr(message_of(mail).attachments) == "[<Attachment 'a.pdf': application/pdf, 5000 bytes>]"
