"""Read marks in the inbox, in a real browser: those of this page, and those of other clients."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]


def unread_rows(page):
    return [row.text.splitlines()[0] for row in page.all(".rows .unread")]


def test_opened_message_is_marked_as_read(page, mockmail, send):
    send(mockmail, "First", "Second")
    page.open()

    page.click(".rows a", "First")

    page.see("article h2", "First")
    assert page.wait(lambda: mockmail.inbox[0].is_read)
    assert not mockmail.inbox[1].is_read


def test_unread_messages_are_known_after_a_reload(page, mockmail, send):
    send(mockmail, "First", "Second", "Third")
    page.open()
    page.click(".rows a", "Second")
    page.wait(lambda: mockmail.inbox[1].is_read)

    page.open()

    page.see("#sections a", "Inbox 2")
    assert unread_rows(page) == ["Third", "First"]


def test_unread_messages_that_are_not_listed_are_hinted_at(page, mockmail, send):
    send(mockmail, *[f"number {number}" for number in range(101)])

    page.open()

    page.see("#sections a", "Inbox 100+")
    assert page.title() == "(100+) Inbox · mockmail"


def test_all_messages_are_marked_as_read(page, mockmail, send):
    send(mockmail, *[f"number {number}" for number in range(101)])
    page.open()

    page.click("button", "Mark all read")

    page.wait(lambda: page.title() == "Inbox · mockmail")
    assert page.all(".rows .unread") == []
    assert page.all("button", "Mark all read") == []
    send(mockmail, "New")
    page.wait(lambda: page.title() == "(1) Inbox · mockmail")


def test_all_messages_are_marked_as_read_after_more_than_one_page_was_listed(page, mockmail, send):
    send(mockmail, *[f"number {number}" for number in range(150)])
    page.open()
    page.see(".rows li", "number 149")
    page.script("const list = document.querySelector('.rows'); list.scrollTop = list.scrollHeight")
    page.wait(lambda: page.title() == "(150) Inbox · mockmail")

    page.click("button", "Mark all read")

    page.wait(lambda: page.title() == "Inbox · mockmail")
    assert unread_rows(page) == []


def test_message_that_another_client_marks_is_shown_so(page, mockmail, send):
    send(mockmail, "First", "Second", "Third")
    page.open()
    page.see("#sections a", "Inbox 3")

    mockmail.inbox.mark(is_read=True)
    page.wait(lambda: page.title() == "Inbox · mockmail")
    assert unread_rows(page) == []
    assert page.all("button", "Mark all read") == []

    mockmail.inbox.mark(is_read=False, subject="Second")
    page.wait(lambda: page.title() == "(1) Inbox · mockmail")
    assert unread_rows(page) == ["Second"]
    page.see("button", "Mark all read")


def test_tag_of_another_client_changes_no_read_mark(page, mockmail, send):
    send(mockmail, "First", "Second")
    page.open()
    page.see("#sections a", "Inbox 2")

    mockmail.inbox.mark(add_tags=["a"])
    mockmail.inbox.mark(is_read=True, subject="First")

    page.see("#sections a", "Inbox 1")
    assert unread_rows(page) == ["Second"]


def test_message_that_another_client_marks_is_counted_in_another_section(page, mockmail, send):
    send(mockmail, "First", "Second")
    page.open()
    page.see("#sections a", "Inbox 2")
    page.click("#sections a", "Requests")

    mockmail.inbox.mark(is_read=True, subject="First")

    page.see("#sections a", "Inbox 1")
    page.click("#sections a", "Inbox")
    page.see(".rows li", "First")
    assert unread_rows(page) == ["Second"]


def test_search_of_unread_messages_keeps_the_message_that_is_opened(page, mockmail, send):
    send(mockmail, "First", "Second", "Third")
    page.open("#/inbox?q=is%3Aunread")

    page.click(".rows a", "Second")

    page.wait(lambda: page.title() == "(2) Inbox · mockmail")
    assert page.wait(lambda: mockmail.inbox[1].is_read)
    assert page.rows() == ["Third", "Second", "First"]
    assert unread_rows(page) == ["Third", "First"]


def test_imported_message_that_was_read_is_not_counted(page, mockmail, send, tmp_path):
    send(mockmail, "Old")
    mockmail.inbox.mark(is_read=True)
    mockmail.inbox.export_to(tmp_path / "old.zip")
    page.open()
    page.see(".rows li", "Old")

    mockmail.inbox.import_from(tmp_path / "old.zip")

    page.wait(lambda: page.rows() == ["Old", "Old"])
    assert page.title() == "Inbox · mockmail"
    assert unread_rows(page) == []


def test_first_message_after_all_were_removed_elsewhere_is_counted_alone(page, mockmail, send):
    send(mockmail, *[f"number {number}" for number in range(101)])
    page.open()
    page.see("#sections a", "Inbox 100+")
    page.click("#sections a", "Requests")

    mockmail.inbox.clear()
    send(mockmail, "New")

    page.wait(lambda: page.title() == "(1) Requests · mockmail")
