"""Messages in files: what is exported is imported again, byte for byte."""

from __future__ import annotations

import zipfile
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.bounds import MailLimits, WorldSettings
from mockmail.core.errors import InvalidValue, LimitReached
from mockmail.core.mail import archive, mbox
from mockmail.core.mail.archive import IN_FOLDER, ArchiveWriter
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.exporting import format_of, writer_of
from mockmail.core.mail.importing import (
    BATCH_BYTES,
    BATCH_MESSAGES,
    BATCH_RECIPIENTS,
    MOST_RECIPIENTS,
    Imported,
    batches,
    read_messages,
    read_path,
    store,
)
from mockmail.core.mail.mbox import entry_of, read_entries
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.registry import Registry
from mockmail.core.world import World

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
LINES = st.sampled_from(
    [b"From ", b"From x\n", b">From x\n", b">>From \r\n", b"From", b"\n", b"\r\n", b"\r", b"a: b\r\n", b"\0\xff", b" "]
)
RAWS = st.lists(LINES, max_size=8).map(b"".join)


def message_of(raw, **marks):
    envelope = Envelope(sender="shop@example.com", recipients=("jane@example.com", "hidden@example.com"))
    return Message("x", 1, NOON, raw, envelope, SentBy(), **marks)


def exported(format_, messages):
    writer = writer_of(format_)
    return b"".join([*map(writer.add, messages), writer.finish(NOON)])


def imported(format_, content):
    return list(read_messages(BytesIO(content), format_))


@settings(max_examples=300)
@given(raws=st.lists(RAWS, max_size=4))
def test_mbox_keeps_every_byte_but_a_missing_last_line_feed(raws):
    content = exported("mbox", map(message_of, raws))

    found = [message.raw for message in imported("mbox", content)]

    assert found == [raw if not raw or raw.endswith(b"\n") else raw + b"\n" for raw in raws]


@settings(max_examples=100)
@given(raws=st.lists(RAWS, max_size=4))
def test_zip_keeps_every_byte(raws):
    content = exported("zip", map(message_of, raws))

    assert [message.raw for message in imported("zip", content)] == raws


def test_zip_keeps_envelope_and_marks():
    raw = b"From: other@example.com\r\nTo: nobody@example.com\r\nX-Tags: header\r\n\r\n"

    [found] = imported("zip", exported("zip", [message_of(raw, is_read=True, tags=("red",))]))

    assert found == Imported(raw, "shop@example.com", ("jane@example.com", "hidden@example.com"), True, ("red",))


def test_zip_has_folders_of_so_many_messages_each_with_its_facts():
    content = exported("zip", (message_of(b"%d" % number) for number in range(IN_FOLDER + 1)))

    names = zipfile.ZipFile(BytesIO(content)).namelist()
    assert [name for name in names if name.endswith("jsonl")] == ["0001/messages.jsonl", "0002/messages.jsonl"]
    assert (names[0], names[-2]) == ("0001/0001.eml", "0002/0001.eml")
    assert [message.raw for message in imported("zip", content)] == [b"%d" % number for number in range(IN_FOLDER + 1)]
    assert {message.sender for message in imported("zip", content)} == {"shop@example.com"}


def test_writers_hold_no_message():
    writer = ArchiveWriter()

    taken = [len(writer.add(message_of(b"x" * 10_000))) for _ in range(10)]

    assert min(taken) > 10_000


def test_zip_of_another_program_is_read_for_its_eml_files():
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("b.eml", b"From: b@example.com\n\n")
        made.writestr("in/a.EML", b"From: a@example.com\n\n")
        made.writestr("notes.txt", b"no message")

    assert [message.sender for message in imported("zip", file.getvalue())] == ["b@example.com", "a@example.com"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the archive cannot be read"),
        (b"PK\x03\x04 broken", "the archive cannot be read"),
        (exported("zip", [message_of(b"x" * 99)])[:-5], "the archive cannot be read"),
        (exported("zip", [message_of(b"x" * 99)]).replace(b"xxxxx", b"xxyxx"), "the archive cannot be read"),
    ],
)
def test_damaged_zip_is_refused(content, said):
    with pytest.raises(InvalidValue, match=said):
        imported("zip", content)


def zip_of(facts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("1.eml", b"a: b\n\n")
        made.writestr("messages.jsonl", facts)
    return file.getvalue()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("{", "messages.jsonl, line 1: "),
        ('{"file": "2.eml"}\n{"file": 1}', r"messages.jsonl, line 2: Expected `str`, got `int` - at `\$.file`"),
        ('{"file": "1.eml", "tags": ["a,b"]}', "a tag must have"),
        ('{"file": "1.eml", "tags": [' + ", ".join(["[]"] * 0 + ['"a"'] * 21) + "]}", "at most 20 tags, not 21"),
    ],
)
def test_wrong_facts_are_refused_with_their_place(facts, said):
    with pytest.raises(InvalidValue, match=said):
        imported("zip", zip_of(facts))


def test_unknown_facts_of_a_later_version_are_ignored():
    [found] = imported("zip", zip_of('{"file": "1.eml", "sender": "a@b", "moon": "full"}'))

    assert (found.sender, found.recipients) == ("a@b", ())


@pytest.mark.parametrize(("over", "fails"), [(0, False), (1, True)])
def test_bounds_of_a_message_and_of_an_archive(monkeypatch, over, fails):
    raw = b"x" * 20 + b"\n"
    for module in (mbox, archive):
        monkeypatch.setattr(module, "LARGEST_MESSAGE", len(raw) - over)
    monkeypatch.setattr("mockmail.core.mail.importing.LARGEST_MESSAGE", len(raw) - over)
    monkeypatch.setattr(archive, "MOST_ENTRIES", 2 - over)
    contents = {"eml": raw, "zip": exported("zip", [message_of(raw)]), "mbox": b"From x\n" + raw}

    for format_, content in contents.items():
        if fails:
            with pytest.raises(InvalidValue, match=r"more than 20 bytes|has 2 files, and an import reads at most 1"):
                imported(format_, content)
        else:
            assert [message.raw for message in imported(format_, content)] == [raw]


def test_archive_entry_larger_than_its_declared_size_is_refused(monkeypatch):
    content = exported("zip", [message_of(b"x" * 1000)])
    monkeypatch.setattr(archive, "LARGEST_MESSAGE", 999)

    with pytest.raises(InvalidValue, match=r"0001/0001.eml has more than 999 bytes"):
        imported("zip", content)


class TestMbox:
    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (b"", []),
            (b"From a@x\n", [("a@x", b"")]),
            (b"From a@x date\na: b\n\nFrom here on\n", [("a@x", b"a: b\n"), ("here", b"")]),
            (b"From a@x\na: b\nFrom here on\n", [("a@x", b"a: b\nFrom here on\n")]),
            (b"From MAILER-DAEMON Sat\r\na: b\r\n\r\nFrom -\r\nc: d\r\n", [("", b"a: b\r\n"), ("", b"c: d\r\n")]),
            (b"From \na: b\n", [("", b"a: b\n")]),
            (b"From " + b"x" * 200_000 + b"\na: b\n", [("x" * 65_531, b"a: b\n")]),
            (b"From x\n" + b"y" * 200_000 + b"\n\nFrom z\n", [("x", b"y" * 200_000 + b"\n"), ("z", b"")]),
        ],
    )
    def test_entries_are_told_apart(self, content, found):
        assert list(read_entries(BytesIO(content))) == found

    def test_quotes_are_those_of_the_format(self):
        content = b"From x\n>From a\n>>From b\n"

        assert list(read_entries(BytesIO(content))) == [("x", b"From a\n>From b\n")]
        assert list(read_entries(BytesIO(content), "mboxo")) == [("x", b"From a\n>>From b\n")]

    def test_other_file_is_refused(self):
        with pytest.raises(InvalidValue, match=r"must begin with a line such as `From shop@.*not b'Subject"):
            list(read_entries(BytesIO(b"Subject: a\n")))

    @pytest.mark.parametrize(("sender", "line"), [("", "MAILER-DAEMON"), ("a b\n@x", "a?b?@x"), ("é@x", "?@x")])
    def test_from_line_is_one_line_of_ascii(self, sender, line):
        assert entry_of(b"", sender, NOON) == f"From {line} Sat Jan 31 12:00:00 2026\n\n".encode()

    def test_reader_holds_one_message_at_a_time(self):
        class Endless:
            def __init__(self):
                self.lines = 0

            def readline(self, limit):
                self.lines += 1
                return (b"From x\n", b"a: b\n", b"\n")[(self.lines - 1) % 3]

        file = Endless()
        entries = read_entries(file)

        assert [next(entries) for _ in range(3)] == [("x", b"a: b\n")] * 3
        assert file.lines == 10


@pytest.mark.parametrize(
    ("headers", "sender", "recipients"),
    [
        ("Return-Path: <r@x>\nFrom: f@x\nTo: t@x\nDelivered-To: d@x\nX-Original-To: o@x", "r@x", ("d@x", "o@x")),
        ("From: F <f@x>, g@x\nTo: t@x, T <t@x>\nCc: c@x\nBcc: b@x", "envelope@x", ("t@x", "c@x", "b@x")),
        ("Return-Path: <>\nFrom: f@x", "", ()),
        ("Subject: a", "envelope@x", ()),
    ],
)
def test_envelope_is_read_from_the_headers(headers, sender, recipients):
    found = Imported.of(f"{headers}\n\n".encode(), "envelope@x")

    assert (found.sender, found.recipients) == (sender, recipients)


def test_sender_without_a_from_line_is_that_of_from():
    assert Imported.of(b"From: F <f@x>\n\n").sender == "f@x"


@pytest.mark.parametrize("count", [MOST_RECIPIENTS, MOST_RECIPIENTS + 1])
def test_recipients_are_bounded(count):
    to = ", ".join(f"{number}@x" for number in range(count))

    assert len(Imported.of(f"To: {to}\n\n".encode()).recipients) == MOST_RECIPIENTS


class TestPaths:
    def test_maildir_is_read_with_its_flags(self, tmp_path):
        for name in ("new", "cur", "tmp"):
            (tmp_path / name).mkdir()
        (tmp_path / "new" / "1.a").write_bytes(b"From: new@x\n\n")
        (tmp_path / "cur" / "2.a:2,RS").write_bytes(b"From: seen@x\n\n")
        (tmp_path / "cur" / "3.a:2,").write_bytes(b"From shows that this is no mbox\n")
        (tmp_path / "tmp" / "4.a").write_bytes(b"From: unfinished@x\n\n")
        (tmp_path / "cur" / ".hidden").write_bytes(b"x")

        found = [(message.sender, message.is_read) for message in read_path(tmp_path)]

        assert found == [("seen@x", True), ("", False), ("new@x", False)]

    def test_folder_is_read_for_its_eml_files(self, tmp_path):
        (tmp_path / "b.eml").write_bytes(b"From: b@x\n\n")
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / "a.EML").write_bytes(b"From: a@x\n\n")
        (tmp_path / "c.txt").write_bytes(b"From: c@x\n\n")

        assert [message.sender for message in read_path(tmp_path)] == ["b@x", "a@x"]

    @pytest.mark.parametrize(
        ("content", "count"), [(b"From x\n\nFrom y\n\n", 2), (b"From: x@x\n\n", 1), (exported("zip", []), 0), (b"", 1)]
    )
    def test_format_of_a_file_is_told_from_its_first_bytes(self, tmp_path, content, count):
        (tmp_path / "file").write_bytes(content)

        assert len(list(read_path(tmp_path / "file"))) == count

    def test_given_format_comes_first(self, tmp_path):
        (tmp_path / "file").write_bytes(b"From x\n\nFrom y\n\n")

        assert [message.raw for message in read_path(tmp_path / "file", "eml")] == [b"From x\n\nFrom y\n\n"]

    @pytest.mark.parametrize(
        ("name", "said"), [("missing", "missing: cannot be read"), ("empty", "empty: is a folder without")]
    )
    def test_error_names_the_path(self, tmp_path, name, said):
        (tmp_path / "empty").mkdir()

        with pytest.raises(InvalidValue, match=said):
            list(read_path(tmp_path / name))

    @pytest.mark.parametrize(("name", "format_"), [("a.zip", "zip"), ("a.ZIP", "zip"), ("a", "mbox")])
    def test_name_of_an_exported_file_says_its_format(self, tmp_path, name, format_):
        assert format_of(tmp_path / name) == format_


def test_batches_are_bounded_by_messages_bytes_and_recipients():
    small = [Imported(b"x", "", ("t@x",))] * (2 * BATCH_MESSAGES + 1)
    large = [Imported(b"x" * (BATCH_BYTES // 2 + 1), "", ())] * 3
    widely_sent = [Imported(b"x", "", ("t@x",) * (BATCH_RECIPIENTS // 2))] * 5

    assert [len(batch) for batch in batches(small)] == [BATCH_MESSAGES, BATCH_MESSAGES, 1]
    assert [len(batch) for batch in batches(large)] == [2, 1]
    assert [len(batch) for batch in batches(widely_sent)] == [2, 2, 1]


def test_batch_is_stored_whole_or_not_at_all():
    limits = WorldSettings(mail=MailLimits(messages=2))
    with closing(World(Registry(), limits)) as world:
        with pytest.raises(LimitReached):
            store(world, [Imported(b"a", "", ())] * 3)
        assert len(world.mail) == 0

        assert store(world, [Imported(b"X-Tags: a\n\n", "s@x", ("r@x",)), Imported(b"b", "", (), True, ("t",))]) == 2
        first, second = world.mail.find(Criteria())
        assert (first.envelope.sender, first.envelope.recipients, first.tags) == ("s@x", ("r@x",), ("a",))
        assert (second.is_read, second.tags, second.sent_by.client) == (True, ("t",), "import")
