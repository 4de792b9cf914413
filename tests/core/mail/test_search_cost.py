"""The work of a search: it depends on the messages that it returns, not on those in the store."""

from __future__ import annotations

import tracemalloc

import pytest

from mockmail.core.clock import Clock
from mockmail.core.mail import index, mime, parts, search
from mockmail.core.mail.content import TEXT_LIMIT
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.search import range_size
from mockmail.core.mail.store import MailStore
from mockmail.core.mail.terms import MOST_ADDRESSES, SUBJECT_LIMIT

FEW, MANY = 100, 4000
LARGE = 4_000_000


@pytest.fixture(scope="module")
def stores():
    """A store with few messages and one with many, both indexed."""
    made = [MailStore(Clock(), "0") for _ in range(2)]
    for store, count in zip(made, (FEW, MANY), strict=True):
        for number in range(1, count + 1):
            raw = f"Subject: Order {number} of the shop\r\n\r\nYour order {number} is on its way.\r\n".encode()
            store.add(raw, Envelope(sender="shop@example.com", recipients=(f"u{number}@example.com",)), SentBy())
        store.count(Criteria(text="nothing"))
    yield made
    for store in made:
        store.close()


def steps(store, work):
    """Return the number of instructions that SQLite executes for some work."""
    counted = [0]

    def count():
        counted[0] += 1

    connection = store._database.reading()
    connection.set_progress_handler(count, 1)
    try:
        work()
    finally:
        connection.set_progress_handler(None, 0)
    return counted[0]


SEARCHES = {
    "one address": {"to": "u77@example.com"},
    "a part of one address": {"to": "u77@"},
    "one subject": {"subject": "ORDER 77 of"},
    "a subject without numbers": {"subject": "nowhere"},
    "words of one message": {"text": "order 77 is"},
    "one address and a subject of all": {"to": "u77@example.com", "subject": "order"},
    "one subject and a sender of all": {"subject": "order 77 of", "sender": "shop@example.com"},
    "words of one message and a subject of all": {"text": "order 77 is", "subject": "shop"},
    "a query": {"query": "to:u77@example.com -subject:invoice"},
    "one of two addresses": {"query": "to:u77@example.com OR to:nobody@example.com"},
    "one of two subjects": {"query": '(subject:"r 77 of" from:shop) OR subject:nowhere'},
    "one recipient": {"query": "recipient:u77@example.com"},
    "a header of one recipient": {"query": "to:u77@example.com header:subject=order"},
}

OF_ALL = {
    "sender": {"sender": "shop@example.com"},
    "a part of the sender": {"sender": "@example"},
    "subject": {"subject": "of the shop"},
    "words": {"text": "is on its way"},
    "everything": {},
    "what is excluded": {"query": "-subject:invoice"},
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_search_for_one_message_reads_no_more_rows_in_a_large_store(stores, search):
    few, many = stores
    criteria = Criteria(**search)

    assert len(many.cursors(criteria)) <= 1
    assert steps(many, lambda: many.find(criteria)) < 1.5 * steps(few, lambda: few.find(criteria))
    assert steps(many, lambda: many.count(criteria)) < 1.5 * steps(few, lambda: few.count(criteria))


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("search", OF_ALL.values(), ids=OF_ALL)
def test_page_of_messages_that_all_match_reads_no_more_rows_in_a_large_store(stores, search, newest_first):
    few, many = stores

    def page(store):
        return store.find(Criteria(**search), limit=5, newest_first=newest_first)

    assert len(page(many)) == 5
    assert steps(many, lambda: page(many)) < 1.5 * steps(few, lambda: page(few))


@pytest.mark.parametrize("query", ["is:unread", "-is:tagged", "-has:attachment", "-has:html", "-to:u77@example.com"])
def test_count_of_nearly_all_messages_reads_no_more_rows_in_a_large_store(stores, query):
    few, many = stores
    criteria = Criteria(query=query)

    assert many.count(criteria) - few.count(criteria) == MANY - FEW
    assert steps(many, lambda: many.count(criteria)) < 1.5 * steps(few, lambda: few.count(criteria))


def test_count_of_all_messages_reads_no_rows(stores):
    assert steps(stores[1], lambda: stores[1].count(Criteria())) == 0


def test_match_of_one_message_reads_no_rows(stores):
    _, many = stores
    [message] = many.find(Criteria(subject="order 77 of"))

    assert steps(many, lambda: many.fits(message, Criteria(query="to:u77@example.com order subject:shop"))) == 0


def test_observers_of_one_message_read_it_once(mail, add, monkeypatch):
    read = []
    headers = mime.headers
    monkeypatch.setattr(mime, "headers", lambda raw: read.append(raw) or headers(raw))
    for number in range(20):
        mail.observe(lambda message, number=number: mail.fits(message, Criteria(query=f"to:{number}@x subject:no yes")))

    add("hello", text="yes")

    assert len(read) == 1


def test_slice_of_the_index_reads_a_bounded_number_of_messages(mail, add):
    for number in range(2 * index.SLICE_MESSAGES + 1):
        add(f"n{number}")
    criteria = Criteria(subject="n")

    indexed = []
    search = mail.search(criteria)
    while search.advance():
        indexed.append(mail._database.reading().execute("SELECT count(*) FROM subject").fetchone()[0])

    assert indexed == [index.SLICE_MESSAGES, 2 * index.SLICE_MESSAGES, 2 * index.SLICE_MESSAGES + 1]


@pytest.mark.parametrize(("search", "most"), [({"subject": "n"}, mime.HEAD_LIMIT), ({"text": "n"}, TEXT_LIMIT)])
def test_slice_of_the_index_reads_a_bounded_number_of_bytes(mail, add, search, most):
    for _ in range(9):
        add("n", text="x" * TEXT_LIMIT)

    slices = 0
    work = mail.search(Criteria(**search))
    while work.advance():
        slices += 1

    assert most >= index.SLICE_BYTES
    assert slices == 9, "each of them fills a slice"


def test_slice_of_the_index_has_a_bounded_number_of_recipients(mail, add):
    recipients = [f"user{number:04}@example.com" for number in range(1000)]
    for _ in range(10):
        add("n", to=recipients)
    in_a_slice = index.SLICE_BYTES // (1000 * len(recipients[0])) + 1

    indexed = []
    search = mail.search(Criteria(subject="n"))
    while search.advance():
        indexed.append(mail._database.reading().execute("SELECT count(*) FROM subject").fetchone()[0])

    assert max(after - before for before, after in zip([0, *indexed], indexed, strict=False)) <= in_a_slice < 10
    assert indexed[-1] == 10


def test_index_reads_a_message_once_for_headers_and_body(mail, add):
    for number in range(5):
        add(f"n{number}", text="body")
    mail.count(Criteria(subject="n"))
    add("n5", text="body")
    read = []
    texts = mail._index._read
    mail._index._read = lambda seq, with_body: read.append((seq, with_body)) or texts(seq, with_body)

    assert mail.cursors(Criteria(text="body", subject="n5")) == [6]
    assert mail.cursors(Criteria(subject="n")) == [1, 2, 3, 4, 5, 6]

    assert read == [(number, True) for number in range(1, 7)]


def test_index_does_not_decode_attachments(mail, add, monkeypatch):
    decoded = []
    content = parts.Part.content
    monkeypatch.setattr(parts.Part, "content", lambda part: decoded.append(part.content_type.value) or content(part))
    attachment = "--b\r\nContent-Disposition: attachment; filename=report.pdf\r\n\r\nx\r\n"
    add("a", text=f"--b\r\n\r\nhello\r\n{attachment}--b--", headers="Content-Type: multipart/mixed; boundary=b\r\n")

    assert mail.cursors(Criteria(query="report.pdf attachment:REPORT hello")) == [1]

    assert decoded == ["text/plain"]


def test_store_in_memory_takes_few_bytes_more_than_its_messages(mail, add):
    for _ in range(300):
        add("n", text="x" * 2000)

    db = mail._database.reading()
    [pages], [size] = (db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    assert pages * size < 300 * 2000 * 1.6 + 30 * size


@pytest.mark.parametrize(
    ("search", "size"),
    [
        ({"subject": "n"}, index.RANGE),
        ({"subject": "n", "text": "n"}, index.RANGE),
        ({"query": "to:a to:b -from:c subject:d"}, index.RANGE // 4),
        ({"query": "a OR (to:a -to:b)"}, index.RANGE // 2),
    ],
)
def test_range_of_a_search_is_bounded_by_its_cost(search, size):
    assert range_size(Criteria(**search).conditions(Clock().now())) == size


def test_ranges_of_a_search_cover_the_messages(mail, add, monkeypatch):
    monkeypatch.setattr(search, "RANGE", 4)
    ids = [add(f"n{number}").id for number in range(9)]
    mail.remove(ids[0])
    looked_up = []
    cursors = mail._index.cursors
    mail._index.cursors = lambda nodes, within, **named: looked_up.append(within) or cursors(nodes, within, **named)

    assert mail.cursors(Criteria(subject="n")) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert mail.cursors(Criteria(subject="n"), newest_first=True, limit=3) == [9, 8, 7]
    assert mail.cursors(Criteria(subject="n", after=7)) == [8, 9]
    assert mail.cursors(Criteria(subject="n", after=9)) == []
    assert looked_up == [(2, 5), (6, 9), (6, 9), (8, 9)]


def test_search_without_terms_indexes_nothing(mail, add):
    add("n")

    assert mail.cursors(Criteria(after=0)) == [1]
    assert mail._database.reading().execute("SELECT count(*) FROM subject").fetchone() == (0,)


@pytest.mark.parametrize("query", ["header:X-N=7", "to:jane recipient:jane@example.com header:X-N"])
def test_search_reads_a_bounded_number_of_messages_in_a_step(mail, add, query):
    for number in range(2 * index.SLICE_MESSAGES + 1):
        add(f"n{number}", headers=f"X-N: {number}\r\n")
    mail.count(Criteria(subject="n"))
    read, steps = [], []
    texts = mail._index._read
    mail._index._read = lambda seq, with_body: read.append(with_body) or texts(seq, with_body)
    found = mail.search(Criteria(query=query))
    while found.advance():
        steps.append(len(read))

    holds_a_seven = sum("7" in str(number) for number in range(2 * index.SLICE_MESSAGES + 1))
    assert len(found.found) == (holds_a_seven if query == "header:X-N=7" else 2 * index.SLICE_MESSAGES + 1)
    assert steps == [0, index.SLICE_MESSAGES, 2 * index.SLICE_MESSAGES]
    assert not any(read), "no body is read"


def test_search_for_a_header_reads_only_the_messages_that_the_index_leaves(stores):
    _, many = stores
    read = []
    texts = many._index._read
    many._index._read = lambda seq, with_body: read.append(seq) or texts(seq, with_body)
    try:
        assert many.cursors(Criteria(query="to:u77@example.com header:subject=order")) == [77]
        assert many.cursors(Criteria(query="recipient:u77@example.com OR recipient:u78@example.com")) == [77, 78]
    finally:
        many._index._read = texts

    assert read == [77, 77, 78]


def test_search_without_a_body_term_indexes_no_body(mail, add):
    add("n", text="body")

    assert len(mail.find(Criteria(query="to:jane cc:x OR (header:x=y -larger:1k) OR subject:n"))) == 1
    assert mail._database.reading().execute("SELECT seq FROM progress WHERE what = 'words'").fetchone() == (0,)


def test_index_of_many_slices_is_merged(stores):
    _, many = stores
    for table in ("part", "words"):
        sql = f"SELECT count(DISTINCT segid) FROM {table}_idx"
        assert many._database.reading().execute(sql).fetchone()[0] < MANY / index.SLICE_MESSAGES / 2, table


def peak(work):
    """Return the most bytes that some work held at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def large(mail, add):
    """A store of large messages, one of which is about a code."""
    for number in range(10):
        add("code" if number == 7 else "news", text=("secret" if number == 7 else "x") + " y" * (LARGE // 2))
    return mail


def test_list_does_not_read_bodies(large):
    def listed():
        return [large.summary(cursor) for cursor in large.cursors(Criteria(), newest_first=True)]

    assert [(message.subject, message.size > LARGE) for message in listed()][2] == ("code", True)
    assert peak(listed) < mime.HEAD_LIMIT


@pytest.mark.parametrize(("search", "most"), [({"subject": "code"}, 1), ({"text": "secret"}, 12)])
def test_search_does_not_read_bodies_beyond_the_searched_bytes(large, search, most):
    """Parsing a body takes about ten times its bytes."""
    assert peak(lambda: large.count(Criteria(**search))) < most * TEXT_LIMIT
    assert [message.size > LARGE for message in large.find(Criteria(**search))] == [True]


def test_headers_of_any_accepted_length_are_listed(mail, add):
    add("=?utf-8?q?long?=", headers="".join(f"X-{number}: {'x' * 70}\r\n" for number in range(1000)))
    add(raw=b"\r\nno headers at all\r\n")
    add(raw=b"")
    messages = mail.find(Criteria())

    assert [mail.summary(message.cursor) for message in messages] == [message.summary() for message in messages]
    assert mail.summary(99) is None


@pytest.mark.parametrize(("beyond", "found"), [(0, 1), (1, 0)])
def test_text_is_searched_up_to_its_limit(mail, add, beyond, found):
    head = b"Subject: long\r\n\r\n"
    text = b"x " * TEXT_LIMIT
    message = add(raw=head + text[: TEXT_LIMIT - len(head) - len(b" needle") + beyond] + b" needle and more")

    assert len(mail.find(Criteria(text="needle"))) == found
    assert mail.fits(message, Criteria(text="needle")) == bool(found)


@pytest.mark.parametrize(("beyond", "found"), [(0, 1), (1, 0)])
def test_subject_is_searched_up_to_its_limit(mail, add, beyond, found):
    message = add("x" * (SUBJECT_LIMIT - len("needle") + beyond) + "needle")

    assert len(mail.find(Criteria(subject="needle"))) == found
    assert mail.fits(message, Criteria(subject="needle")) == bool(found)
    assert len(mail.find(Criteria(subject=message.subject))) == 1


@pytest.mark.parametrize(("count", "found"), [(MOST_ADDRESSES, 1), (MOST_ADDRESSES + 1, 0)])
def test_addresses_of_a_header_are_searched_up_to_their_limit(mail, add, count, found):
    addresses = ",\r\n ".join(f"u{number}@example.com" for number in range(1, count + 1))
    message = add("many", headers=f"To: {addresses}\r\n")

    assert len(mail.find(Criteria(to=f"u{count}@example.com"))) == found
    assert mail.fits(message, Criteria(to=f"u{count}@example.com")) == bool(found)


@pytest.mark.parametrize("room", [0, 40])
def test_store_that_cannot_grow_is_searched_without_its_index(mail, add, room):
    for number in range(300):
        add(f"n{number}", to=f"u{number}@example.com", text=f"body {number}")
    [pages] = mail._database.reading().execute("PRAGMA page_count").fetchone()
    mail._database.reading().execute(f"PRAGMA max_page_count = {pages + room}")

    assert [message.subject for message in mail.find(Criteria(to="u299@example.com"))] == ["n299"]
    assert [message.subject for message in mail.find(Criteria(text="body 5"), limit=2)] == ["n5", "n50"]
    newest = mail.find(Criteria(subject="n"), limit=2, newest_first=True)
    assert [message.subject for message in newest] == ["n299", "n298"]
    assert mail.count(Criteria(subject="n2", after=200)) == 100
    mail.clear()
    assert mail.find(Criteria(text="body 5")) == []
