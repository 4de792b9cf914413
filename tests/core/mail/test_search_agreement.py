"""Searches use the index, and waits compare one message without it. Both agree with a plain reading of the grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cached_property

from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.clock import Clock
from mockmail.core.mail import plan
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.marks import Change, check_tags
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore

CHARACTERS = (
    "aAbéÉe\u0301ßẞİ\u0131ς\u03a3\u03c3\ufb01ﾊ\u3099がй\u0418\u0338\u05d0\u0915\u093f1²_-'. @\0\n中\U0001f600\ud800"
    "\ue000"
)
PIECES = st.text(CHARACTERS, max_size=8)
PHRASES = PIECES.map("a{}".format)
SEARCHES = st.one_of(
    st.builds(lambda text: Criteria(text=text), PHRASES),
    st.builds(lambda text: Criteria(subject=text), PIECES),
    st.builds(lambda text: Criteria(to=text), st.text("aé@.x", max_size=6)),
    st.builds(lambda text: Criteria(sender=text), st.text("aé@.x", max_size=6)),
    st.builds(lambda word, other: Criteria(query=f'"{word}" -"{other}" -subject:"{word}"'), PHRASES, PHRASES),
    st.builds(lambda word, other: Criteria(query=f'from:"{word}" OR to:"{other}"'), PHRASES, PHRASES),
)


@settings(max_examples=150)
@given(
    subjects=st.lists(PIECES, min_size=3, max_size=3),
    body=PIECES,
    name=PIECES,
    address=st.from_regex(r"[aéx.]{1,3}@[aéx]{1,3}", fullmatch=True),
    searches=st.lists(SEARCHES, min_size=1, max_size=8),
)
def test_match_of_one_message_agrees_with_a_search_in_any_script(subjects, body, name, address, searches):
    store = MailStore(Clock(), "0")
    for subject in subjects:
        lines = [f"Subject: {subject}", f"From: {name} <{address}>", "Content-Type: text/plain; charset=utf-8"]
        raw = "\r\n".join([*(line.replace("\n", " ") for line in lines), "", body]).encode("utf-8", "replace")
        store.add(raw, Envelope(sender=address, recipients=(address[::-1], "a@x.x")), SentBy())
    messages = store.find(Criteria())

    for criteria in searches:
        found = [message.id for message in store.find(criteria)]
        assert [message.id for message in messages if store.fits(message, criteria)] == found, criteria
        assert store.count(criteria) == len(found)
    store.close()


# A plain reading of the grammar, for messages of which everything is known


NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
WORDS = st.sampled_from(["red", "Red", "redo", "blue", "bluest", "BLUE", "x1", "x12", "jane", "joe"])
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
ADDRESSES = st.sampled_from(["jane@a.example", "joe@a.example", "red@blue.example", "Jane@B.example"])
NAMES = st.one_of(st.just(""), TEXTS)
PEOPLE = st.lists(st.tuples(NAMES, ADDRESSES), max_size=2)


@dataclass
class Mail:
    """A message that is known in parts, and what a query sees of it."""

    subject: str
    sender: tuple[str, str]
    to: list[tuple[str, str]]
    cc: list[tuple[str, str]]
    bcc: list[str]
    reply_to: list[tuple[str, str]]
    number: int
    kind: str | None
    plain: str
    html: str | None
    attached: list[str]
    vendor: str | None
    operation: str | None
    age: int
    is_read: bool
    tags: list[str]

    @cached_property
    def raw(self):
        message = EmailMessage()
        message["Subject"] = self.subject
        message["From"] = shown([self.sender])
        for name, people in (("To", self.to), ("Cc", self.cc), ("Reply-To", self.reply_to)):
            if people:
                message[name] = shown(people)
        message["Message-ID"] = f"<{self.number}.x@id.example>"
        if self.kind:
            message["X-Kind"] = self.kind
        message.set_content(self.plain)
        if self.html is not None:
            message.add_alternative(f"<p>{self.html}</p>", subtype="html")
        for name in self.attached:
            message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=name)
        return message.as_bytes()

    @property
    def recipients(self):
        return [*(address for _, address in [*self.to, *self.cc]), *self.bcc]

    @property
    def received_at(self):
        return NOW - timedelta(seconds=self.age)

    def has(self, name, value):  # noqa: C901, PLR0911, PLR0912  # a case for each field
        people = {"to": [*self.to, *self.cc], "cc": self.cc, "from": [self.sender], "reply-to": self.reply_to}
        named = {address.lower() for _, address in [*self.to, *self.cc]}
        match name:
            case "from" | "cc" | "reply-to":
                # MAIL FROM counts for `from`.
                return is_of(value, people[name]) or (name == "from" and is_of(value, [("", "shop@mail.example")]))
            case "to":
                return is_of(value, [*people["to"], *(("", address) for address in self.bcc)])
            case "recipient":
                return is_of(value, [("", address) for address in self.recipients])
            case "bcc":
                return is_of(value, [("", address) for address in self.bcc if address.lower() not in named])
            case "message-id":
                return is_of(value, [("", f"{self.number}.x@id.example")])
            case "subject":
                return value.lower() in self.subject.lower()
            case "text":
                addresses = [shown(group) for group in (people["from"], self.to, self.cc, self.reply_to)]
                return any(
                    has_words(value, text) for text in [self.subject, *addresses, *self.bodies, *self.attached]
                ) or (any(has_words(value, address) for address in ["shop@mail.example", *self.recipients]))
            case "body":
                return any(has_words(value, text) for text in self.bodies)
            case "html":
                return has_words(value, self.html or "")
            case "attachment":
                return any(value.lower() in name.lower() for name in self.attached)
            case "has":
                return bool(self.attached) if value == "attachment" else self.html is not None
            case "header":
                wanted, _, part = value.partition("=")
                known = {"x-kind": self.kind, "subject": self.subject}[wanted.lower()]
                return known is not None and part.lower() in known.lower()
            case "after":
                return self.received_at >= time_of(value)
            case "before":
                return self.received_at < time_of(value)
            case "larger":
                return len(self.raw) > int(value)
            case "smaller":
                return len(self.raw) < int(value)
            case "is":
                return {"read": self.is_read, "unread": not self.is_read, "tagged": bool(self.tags)}[value]
            case "tag":
                return value.lower() in [tag.lower() for tag in self.tags]
            case "vendor":
                return self.vendor == value
            case "operation":
                return self.operation == value

    @property
    def bodies(self):
        return [self.plain, self.html or ""]


def shown(people):
    return ", ".join(f"{name} <{address}>" if name else address for name, address in people)


def is_of(value, people):
    wanted = value.lower()
    if re.fullmatch(r"[^@ ]+@[^@ ]+", wanted):
        return wanted in [address.lower() for _, address in people]
    if wanted in shown(people).lower():
        return True
    return any(wanted in address.lower() for _, address in people)


def has_words(value, text):
    wanted, known = (re.findall(r"[a-z0-9]+", part.lower()) for part in (value, text))
    starts = range(len(known) - len(wanted) + 1)
    *first, last = wanted
    return any(
        known[start : start + len(first)] == first and known[start + len(first)].startswith(last) for start in starts
    )


def time_of(value):
    if value[-1] in "smhd":
        return NOW - int(value[:-1]) * {"s": timedelta(seconds=1), "m": timedelta(minutes=1)}.get(
            value[-1], timedelta(hours=1 if value[-1] == "h" else 24)
        )
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


MAILS = st.builds(
    Mail,
    subject=TEXTS,
    sender=st.tuples(NAMES, ADDRESSES),
    to=PEOPLE,
    cc=PEOPLE,
    bcc=st.lists(ADDRESSES, max_size=1),
    reply_to=PEOPLE,
    number=st.integers(1, 3),
    kind=st.none() | TEXTS,
    plain=TEXTS,
    html=st.none() | TEXTS,
    attached=st.lists(WORDS.map("{}.pdf".format), max_size=2),
    vendor=st.sampled_from([None, "atmail", "adaxes"]),
    operation=st.sampled_from([None, "mail.send"]),
    age=st.sampled_from([3600, 5400]) | st.integers(0, 7300),
    is_read=st.booleans(),
    tags=st.lists(st.sampled_from(["red", "Red", "blue 1"]), max_size=2),
)
PEOPLE_TERMS = st.tuples(
    st.sampled_from(["to", "from", "cc", "bcc", "recipient", "reply-to"]),
    ADDRESSES | WORDS | st.sampled_from(["@a", "@b.example", "ne@", "example"]),
)
TERMS = st.one_of(
    PEOPLE_TERMS,
    st.tuples(st.sampled_from(["subject", "text", "body", "html"]), TEXTS),
    st.tuples(st.just("attachment"), st.sampled_from([".pdf", "red", "x1.", "E.P"])),
    st.tuples(st.just("has"), st.sampled_from(["attachment", "html"])),
    st.tuples(
        st.just("header"), st.builds("{}{}".format, st.sampled_from(["X-Kind", "subject"]), TEXTS.map("={}".format))
    ),
    st.sampled_from(
        [("header", "x-kind"), ("message-id", "1.x@id.example"), ("message-id", "2.x"), ("message-id", "@id")]
    ),
    st.tuples(st.just("vendor"), st.sampled_from(["atmail", "adaxes", "nobody"])),
    st.just(("operation", "mail.send")),
    st.tuples(st.just("is"), st.sampled_from(["read", "unread", "tagged"])),
    st.tuples(st.just("tag"), st.sampled_from(["red", "RED", "blue 1", "blue"])),
    st.tuples(
        st.sampled_from(["after", "before"]),
        st.sampled_from(["1h", "90m", "3600s", "1d", "2026-01-31", "2026-01-31T11:00"]),
    ),
    st.tuples(st.sampled_from(["larger", "smaller"]), st.integers(300, 900).map(str)),
)
TREES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=6,
)


def written(tree):
    """Return the query of a tree."""
    name, value = tree
    if name == "not":
        return f"-({written(value)})" if len(written(value)) % 2 else f"NOT ({written(value)})"
    if name in ("and", "or"):
        return f"({' OR '.join(map(written, value))})" if name == "or" else f"({' '.join(map(written, value))})"
    return f'{"" if name == "text" else f"{name}:"}"{value}"' if " " in value or name == "text" else f"{name}:{value}"


def read(tree, mail):
    """Return whether a mail meets a tree."""
    name, value = tree
    if name == "not":
        return not read(value, mail)
    if name in ("and", "or"):
        return (all if name == "and" else any)(read(inner, mail) for inner in value)
    return mail.has(name, value)


@settings(max_examples=200, deadline=None)
@given(
    mails=st.lists(MAILS, min_size=1, max_size=5),
    trees=st.lists(TREES, min_size=1, max_size=8),
    probed=st.sampled_from([1, 2, plan.PROBED]),
    is_full=st.booleans(),
    changes_marks=st.booleans(),
)
def test_search_agrees_with_a_plain_reading_of_its_query(mails, trees, probed, is_full, changes_marks):
    clock = Clock()
    clock.freeze(NOW)
    store = MailStore(clock, "0")
    for mail in mails:
        clock.freeze(mail.received_at)
        envelope = Envelope(sender="shop@mail.example", recipients=tuple(mail.recipients))
        sent_by = SentBy(client="smtp", vendor=mail.vendor, operation=mail.operation)
        store.add(mail.raw, envelope, sent_by, is_read=mail.is_read, tags=check_tags(mail.tags))
    if changes_marks:
        for cursor, mail in enumerate(mails, 1):
            mail.is_read, mail.tags = not mail.is_read, mail.tags[1:]
            store.marks.change([cursor], Change(is_read=mail.is_read, tags=mail.tags))
    clock.freeze(NOW)
    messages = store.find(Criteria())
    if is_full:
        connection = store._database.reading()
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    usual, plan.PROBED = plan.PROBED, probed
    try:
        for tree in trees:
            criteria = Criteria(query=written(tree))
            expected = [number for number, mail in enumerate(mails, 1) if read(tree, mail)]
            assert store.cursors(criteria) == expected, criteria
            assert store.cursors(criteria, newest_first=True, limit=2) == expected[::-1][:2], criteria
            assert store.count(criteria) == len(expected)
            assert [message.cursor for message in messages if store.fits(message, criteria)] == expected, criteria
    finally:
        plan.PROBED = usual
        store.close()
