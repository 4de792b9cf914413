"""Marks, removal by search, import and export: over HTTP, and the same in Python."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from http_client import send_request

from mockmail import MockMail
from mockmail.control import message_files
from mockmail.core.bounds import MailLimits, WorldSettings
from mockmail.core.errors import InvalidValue
from mockmail.server.server_settings import ServerSettings
from mockmail.server.turns import Turns

MBOX = b"From s@x Sat Jan 31 12:00:00 2026\nSubject: a\n\n>From here\n\nFrom s@x\nSubject: b\nTo: t@x\n\n\n"


def call(mm, method, path, document=None, sandbox=""):
    response = send_request(f"{mm.url}{sandbox}", method, f"/_mockmail/{path}", json=document)
    return response.status, json.loads(response.body) if response.body else None


def upload(mm, content, kind="application/mbox", query=""):
    response = send_request(
        mm.url, "POST", f"/_mockmail/messages/import{query}", body=content, headers={"Content-Type": kind}
    )
    return response.status, response.json


def subjects(mm, **search):
    return [message.subject for message in mm.inbox.find(**search)]


class TestMarks:
    def test_one_message_is_marked(self, mockmail, send):
        send(mockmail, "a", "b")
        first = mockmail.inbox[0].id

        status, summary = call(mockmail, "PATCH", f"messages/{first}", {"is_read": True, "add_tags": ["red"]})

        assert (status, summary["id"], summary["is_read"], summary["tags"]) == (200, first, True, ["red"])
        assert call(mockmail, "GET", f"messages/{first}")[1]["tags"] == ["red"]
        assert call(mockmail, "GET", "messages/tags") == (200, {"tags": {"red": 1}})
        assert subjects(mockmail, query="is:unread") == ["b"]

    def test_messages_that_match_are_marked_and_counted(self, mockmail, send):
        send(mockmail, "a", "b", "ab")

        path = f"messages?query={quote('subject:a')}"
        assert call(mockmail, "PATCH", path, {"tags": ["x"]}) == (200, {"changed": 2})
        assert call(mockmail, "PATCH", "messages?query=nothing", {"is_read": True}) == (200, {"changed": 0})
        assert call(mockmail, "PATCH", "messages", {"is_read": True}) == (200, {"changed": 3})
        assert subjects(mockmail, query="tag:x is:read") == ["a", "ab"]

    def test_python_marks_the_same_messages(self, mockmail, send):
        send(mockmail, "a", "b")

        assert mockmail.inbox.mark(is_read=True, add_tags=["x"], subject="a") == 1
        assert mockmail.inbox.mark(remove_tags=["X"]) == 1

        assert [(message.is_read, message.tags) for message in mockmail.inbox] == [(True, ()), (False, ())]
        assert mockmail.inbox.tags == {}

    def test_mark_has_an_event(self, mockmail, send):
        send(mockmail, "a")
        with mockmail.events("mark", timeout=20) as events:
            mockmail.inbox.mark(is_read=True)

            data = next(events).data

        assert (data["ids"], data["is_read"], data["tags"]) == ([mockmail.inbox[0].id], True, None)

    @pytest.mark.parametrize(
        ("path", "document", "status", "said"),
        [
            ("messages/nobody", {"is_read": True}, 404, "there is no message 'nobody'"),
            ("messages?query=", {"is_read": True}, 400, "query is empty: leave it out if all messages are meant"),
            ("messages?query=foo:x", {"is_read": True}, 400, "there is no field 'foo'"),
            ("messages", {"is_read": 1}, 400, "is_read must be true or false or null, not 1"),
            ("messages", {"tags": ["a,b"]}, 400, "tags"),
            ("messages", {"add_tags": [str(number) for number in range(21)]}, 400, "at most 20 tags, not 21"),
        ],
    )
    def test_wrong_change_is_refused(self, mockmail, path, document, status, said):
        upload(mockmail, b"Subject: a\n\n", "message/rfc822")

        found, refusal = call(mockmail, "PATCH", path, document)

        assert (found, said in refusal["error"]) == (status, True), refusal
        assert not mockmail.inbox[0].is_read

    def test_header_x_tags_tags_a_message_that_arrives(self, mockmail, send):
        send(mockmail, "a\nX-Tags: red, two words")

        assert mockmail.inbox.wait_for(query='tag:"two words"', timeout=0).tags == ("red", "two words")

    def test_mailpit_and_the_control_api_see_the_same_marks(self, mockmail, send):
        send(mockmail, "a")
        message = mockmail.inbox[0].id
        send_request(mockmail.url, "GET", f"/api/v1/message/{message}")
        mockmail.inbox.mark(tags=["red"])

        [shown] = send_request(mockmail.url, "GET", "/api/v1/messages").json["messages"]

        assert mockmail.inbox[0].is_read
        assert (shown["Read"], shown["Tags"]) == (True, ["red"])


class TestRemoval:
    def test_messages_that_match_are_removed_and_counted(self, mockmail, send):
        send(mockmail, *(f"{number} {'odd' if number % 2 else 'even'}" for number in range(250)))

        assert call(mockmail, "DELETE", "messages?query=subject:odd") == (200, {"removed": 125})
        assert call(mockmail, "DELETE", "messages?query=subject:odd") == (200, {"removed": 0})
        assert len(mockmail.inbox) == 125

    @pytest.mark.parametrize("query", ["query=", "query=%20", "to=", "query=a&subject="])
    def test_empty_search_removes_nothing(self, mockmail, send, query):
        send(mockmail, "a")

        status, refusal = call(mockmail, "DELETE", f"messages?{query}")

        assert (status, "is empty: leave it out if all messages are meant" in refusal["error"]) == (400, True)
        assert len(mockmail.inbox) == 1

    def test_python_removes_what_matches_and_asks_for_a_search(self, mockmail, send):
        send(mockmail, "a", "b")

        assert mockmail.inbox.delete(subject="a") == 1
        assert mockmail.inbox.delete(query="nothing") == 0
        for search in ({}, {"to": None}):
            with pytest.raises(InvalidValue, match=r"clear\(\) removes all messages"):
                mockmail.inbox.delete(**search)
        for search in ({"query": ""}, {"query": " "}, {"query": "b", "to": ""}):
            with pytest.raises(InvalidValue, match="is empty: leave it out if all messages are meant"):
                mockmail.inbox.delete(**search)
            with pytest.raises(InvalidValue, match="is empty: leave it out if all messages are meant"):
                mockmail.inbox.mark(is_read=True, **search)
        assert subjects(mockmail) == ["b"]


class TestImport:
    def test_mbox_is_imported(self, mockmail):
        assert upload(mockmail, MBOX) == (200, {"imported": 2})

        first, second = mockmail.inbox
        assert (first.raw, first.envelope.sender) == (b"Subject: a\n\nFrom here\n", "s@x")
        assert (second.subject, second.envelope.recipients, second.sent_by.client) == ("b", ("t@x",), "import")

    def test_format_comes_before_the_content_type(self, mockmail):
        assert upload(mockmail, MBOX, "message/rfc822") == (200, {"imported": 1})
        assert upload(mockmail, b"From x\n>>From y\n", query="?format=mboxo") == (200, {"imported": 1})

        assert [message.raw for message in mockmail.inbox] == [MBOX, b">>From y\n"]

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json", None])
    def test_other_media_type_is_refused_as_a_page_could_send_it(self, mockmail, kind):
        headers = {} if kind is None else {"Content-Type": kind}
        response = send_request(mockmail.url, "POST", "/_mockmail/messages/import", body=MBOX, headers=headers)

        assert (response.status, len(mockmail.inbox)) == (415, 0)
        assert "application/mbox" in response.json["error"]

    def test_file_is_no_body_of_another_call(self, mockmail):
        headers = {"Content-Type": "application/mbox"}
        response = send_request(mockmail.url, "POST", "/_mockmail/messages/wait", body=b"{}", headers=headers)

        assert response.status == 415

    @pytest.mark.parametrize(
        ("content", "kind", "said"),
        [
            (b"Subject: a\n", "application/mbox", "an mbox file must begin with a line such as"),
            (b"x", "application/zip", "the archive cannot be read"),
            (b"", "application/zip", "send a file of messages as the body"),
        ],
    )
    def test_broken_file_is_refused(self, mockmail, content, kind, said):
        status, refusal = upload(mockmail, content, kind)

        assert (status, said in refusal["error"], len(mockmail.inbox)) == (400, True, 0)

    def test_import_over_a_bound_says_how_many_were_stored(self):
        limits = ServerSettings(world=WorldSettings(mail=MailLimits(messages=150)))
        with MockMail(settings=limits) as mm:
            status, refusal = upload(mm, b"From x\nSubject: a\n\n" * 300)

            assert (status, len(mm.inbox)) == (503, 100)
            assert refusal["error"].endswith("; 100 messages before were imported")

    def test_python_imports_files(self, mockmail, tmp_path):
        (tmp_path / "a.mbox").write_bytes(MBOX)
        (tmp_path / "b.eml").write_bytes(b"Subject: c\n\n")

        assert mockmail.inbox.import_from(tmp_path / "a.mbox") == 2
        assert mockmail.inbox.import_from(str(tmp_path)) == 1
        with pytest.raises(InvalidValue, match=r"b\.eml: an mbox file must begin"):
            mockmail.inbox.import_from(tmp_path / "b.eml", format="mbox")

        assert subjects(mockmail) == ["a", "b", "c"]


class TestExport:
    def test_mbox_of_a_search(self, mockmail):
        upload(mockmail, MBOX)

        response = send_request(mockmail.url, "GET", "/_mockmail/messages/export?query=subject:a")

        assert (response.status, response.headers["Content-Type"]) == (200, "application/mbox")
        assert response.headers["Content-Disposition"] == 'attachment; filename="messages.mbox"'
        assert re.fullmatch(rb"From s@x \w+ \w+ +\d+ [\d:]+ \d+\nSubject: a\n\n>From here\n\n", response.body)

    @pytest.mark.parametrize("format_", ["zip", "mbox"])
    def test_export_is_imported_again(self, mockmail, format_):
        upload(mockmail, MBOX)
        mockmail.inbox.mark(subject="a", is_read=True, tags=["red"])
        before = [message.raw for message in mockmail.inbox]

        content = send_request(mockmail.url, "GET", f"/_mockmail/messages/export?format={format_}").body
        mockmail.inbox.clear()
        assert upload(mockmail, content, f"application/{format_}") == (200, {"imported": 2})

        assert [message.raw for message in mockmail.inbox] == before
        assert [message.tags for message in mockmail.inbox] == ([("red",), ()] if format_ == "zip" else [(), ()])

    def test_empty_inbox_is_an_empty_file(self, mockmail):
        for format_, size in (("mbox", 0), ("zip", 22)):
            response = send_request(mockmail.url, "GET", f"/_mockmail/messages/export?format={format_}")
            assert (response.status, len(response.body)) == (200, size)

    @pytest.mark.parametrize("query", ["query=", "query=foo:x", "format=tar", "limit=1"])
    def test_wrong_query_is_refused(self, mockmail, query):
        assert send_request(mockmail.url, "GET", f"/_mockmail/messages/export?{query}").status == 400

    async def test_export_holds_a_few_messages_at_a_time(self, mockmail, monkeypatch):
        held = []

        class World:
            clock = mockmail.server.sandboxes.get().clock

            class mail:  # noqa: N801  # in place of a store
                @staticmethod
                def at(cursor):
                    held.append(cursor)
                    return message

        upload(mockmail, b"From x\n" + b"x" * message_files.PIECE + b"\n")
        message = mockmail.inbox[0]
        for format_ in ("mbox", "zip"):
            held.clear()
            pieces = message_files._pieces(World, range(10), format_, Turns())
            sizes = [len(await anext(pieces)) for _ in range(3)]
            await pieces.aclose()

            assert len(held) == 3
            assert max(sizes) < 2 * message_files.PIECE

    def test_large_message_is_sent_in_pieces(self, mockmail):
        raw = b"Subject: large\n\n" + b"x" * (3 * message_files.LARGE) + b"\n"
        upload(mockmail, raw, "message/rfc822")

        response = send_request(mockmail.url, "GET", "/_mockmail/messages/export")

        assert response.body.endswith(raw + b"\n")

    def test_python_writes_a_file_that_is_complete(self, mockmail, tmp_path):
        upload(mockmail, MBOX)

        assert mockmail.inbox.export_to(tmp_path / "a.zip", query="subject:a") == 1
        assert mockmail.inbox.export_to(str(tmp_path / "a.mbox")) == 2
        with pytest.raises(InvalidValue):
            mockmail.inbox.export_to(tmp_path / "b.mbox", query="foo:x")

        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mbox", "a.zip"]
        assert (tmp_path / "a.zip").read_bytes()[:2] == b"PK"
        assert mockmail.inbox.import_from(tmp_path / "a.zip") == 1
