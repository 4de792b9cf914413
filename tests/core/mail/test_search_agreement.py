"""A wait compares one message without the index; it must agree with a search, which uses the index."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.clock import Clock
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore

CHARACTERS = (
    "aAbéÉe\u0301ßẞİ\u0131ς\u03a3\u03c3\ufb01ﾊ\u3099がй\u0418\u0338\u05d0\u0915\u093f1²_-'\". @\0\n中\U0001f600\ud800"
)
PIECES = st.text(CHARACTERS, max_size=8)
SEARCHES = st.one_of(
    st.builds(lambda text: Criteria(text=text), PIECES),
    st.builds(lambda text: Criteria(subject=text), PIECES),
    st.builds(lambda text: Criteria(to=text), st.text("aé@.x", max_size=6)),
    st.builds(lambda text: Criteria(sender=text), st.text("aé@.x", max_size=6)),
    st.builds(lambda word, other: Criteria(query=f'{word} -"{other}" -subject:{word}'), PIECES, PIECES),
)


@settings(max_examples=150)
@given(
    subjects=st.lists(PIECES, min_size=3, max_size=3),
    body=PIECES,
    address=st.from_regex(r"[aéx.]{1,3}@[aéx]{1,3}", fullmatch=True),
    searches=st.lists(SEARCHES, min_size=1, max_size=8),
)
def test_match_of_one_message_agrees_with_a_search(subjects, body, address, searches):
    store = MailStore(Clock(), "0")
    for subject in subjects:
        line = subject.replace("\n", " ")
        raw = f"Subject: {line}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode("utf-8", "replace")
        store.add(raw, Envelope(sender=address, recipients=(address[::-1], "a@x.x")), SentBy())
    messages = store.find(Criteria())

    for criteria in searches:
        found = [message.id for message in store.find(criteria)]
        assert [message.id for message in messages if store.fits(message, criteria)] == found, criteria
        assert store.count(criteria) == len(found)
    store.close()
