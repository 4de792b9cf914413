"""SMTP faults: failures of the SMTP server at a stage of the dialogue, for clients and for vendors' relays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from mockmail.core.errors import InvalidFault, is_mistake
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.mail.terms import SearchedTexts, Term, words_of
from mockmail.core.rules import CountedRules, Delay, Rule, check_counts, check_delay, check_pattern, check_throttle
from mockmail.core.smtp_behaviour import matches_address

__tracebackhide__ = is_mistake

SmtpStage = Literal["connect", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "after_data"]
"""The stages of a dialogue: each but the first is a reply of the server; `data` is the one to the command DATA."""

STAGES: tuple[str, ...] = get_args(SmtpStage)

CLOSING = 421
"""The code after which the server always closes the connection (RFC 5321, 3.8)."""

LONGEST_TEXT = 400
"""The most characters of a reply's text: a reply has at most 512 bytes (RFC 5321, 4.5.3.1.5)."""

_KNOWN_FROM = {"sender": "mail", "recipient": "rcpt", "content": "after_data"}
"""The first stage at which each condition is known."""

_ENHANCED = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}")
_TEXT = re.compile(r"[\t\x20-\x7e\x80-\ud7ff\ue000-\U0010ffff]*")
_TEXTS = {
    421: "Service not available, closing the connection",
    450: "Mailbox unavailable, try again later",
    451: "Local error in processing, try again later",
    452: "Insufficient system storage",
    454: "Temporary failure, try again later",
    530: "Authentication required",
    535: "Authentication credentials invalid",
    550: "Mailbox unavailable",
    552: "Message size exceeds the limit",
    554: "Transaction failed",
}


@dataclass(slots=True, kw_only=True)
class SmtpFault(Rule):
    """A failure of the SMTP server.

    stage: where in the dialogue it happens; `ehlo` is EHLO or HELO.
    sender, recipient: patterns of an address. content: consecutive words of a message, as `text` in a search.
    code, text: of the reply. status: its enhanced status (`4.3.0`, RFC 3463); "" for a reply without one.
    delay: seconds before the reply. throttle: bytes a second of the replies, and of messages, from now on.
    disconnect: close the connection, after the reply if there is a code.
    """

    stage: SmtpStage
    sender: str | None = None
    recipient: str | None = None
    content: str | None = None
    code: int | None = None
    status: str | None = None
    text: str = ""
    delay: Delay = 0.0
    throttle: int | None = None
    disconnect: bool = False

    @property
    def reply(self) -> str | None:
        """Return the reply, or None without a code."""
        if self.code is None:
            return None
        default = "" if self.stage == "greeting" else f"{self.code // 100}.0.0"
        status = default if self.status is None else self.status
        return " ".join(part for part in (str(self.code), status, self.text or _TEXTS.get(self.code, "Error")) if part)

    @property
    def closes(self) -> bool:
        """Return whether the connection is closed."""
        return self.disconnect or self.code == CLOSING or (self.stage == "greeting" and self.code is not None)

    def covers(self, stage: str, sender: str | None, recipients: Sequence[str], content: SearchedTexts) -> bool:
        """Return whether the fault is for this point of a dialogue and not used up."""
        if self.is_spent or self.stage != stage:
            return False
        if self.sender is not None and not matches_address(sender or "", [self.sender]):
            return False
        pattern = self.recipient
        if pattern is not None and not any(matches_address(address, [pattern]) for address in recipients):
            return False
        return self.content is None or Term("words", words_of(self.content)).matches(content)

    def __str__(self) -> str:
        if self.reply:
            effect = self.reply
        elif self.disconnect:
            effect = "disconnect"
        else:
            effect = "throttle" if self.throttle else "delay"
        return f"SMTP {self.stage}: {effect}, {self.usage}"


def take(
    faults: CountedRules[SmtpFault],
    stage: str,
    sender: str | None = None,
    recipients: Sequence[str] = (),
    content: bytes = b"",
) -> SmtpFault | None:
    """Return the fault that this point of a dialogue meets and count it as used, or None."""
    message = Message("", 0, datetime(1970, 1, 1, tzinfo=UTC), content, Envelope(sender="", recipients=()), SentBy())
    texts = SearchedTexts(message)  # parsed only if a fault has a condition on the content
    return faults.first(lambda fault: fault.covers(stage, sender, recipients, texts))


def check_smtp_fault(fault: SmtpFault) -> None:
    """Raise InvalidFault for a fault that no dialogue could meet, or that would change nothing."""
    if fault.stage not in STAGES:
        raise InvalidFault(f"stage must be one of {', '.join(STAGES)}, not {fault.stage!r:.80}")
    if fault.code is None and not fault.delay and fault.throttle is None and not fault.disconnect:
        raise InvalidFault("an SMTP fault needs a code, a delay, a throttle or disconnect")
    for name, first in _KNOWN_FROM.items():
        check_pattern(name, getattr(fault, name))
        known = STAGES[STAGES.index(first) :]
        if getattr(fault, name) is not None and fault.stage not in known:
            raise InvalidFault(
                f"{name} is not known at the stage {fault.stage!r}; the stage must be {' or '.join(known)}"
            )
    if fault.content is not None and not words_of(fault.content):
        raise InvalidFault(f"content must have a word, not {fault.content!r:.80}")
    _check_reply(fault)
    check_throttle(fault.throttle)
    check_counts(fault)
    check_delay(fault.delay)


def _check_reply(fault: SmtpFault) -> None:
    code, status = fault.code, fault.status
    if code is None:
        if fault.text or status is not None:
            raise InvalidFault("text and status belong to a reply: give its code too")
        return
    if fault.stage == "connect":
        raise InvalidFault("the stage 'connect' has no reply: use disconnect or delay, or the stage 'greeting'")
    if not 400 <= code <= 599:  # noqa: PLR2004  # the codes of failures (RFC 5321, 4.2.1)
        raise InvalidFault(f"code must be from 400 to 599, not {code}")
    if status and not (_ENHANCED.fullmatch(status) and status[0] == str(code)[0]):
        raise InvalidFault(
            f"status must be an enhanced status such as {code // 100}.3.0 for the code {code}, not {status!r:.80}"
        )
    if len(fault.text) > LONGEST_TEXT or not _TEXT.fullmatch(fault.text):
        raise InvalidFault(f"text must be one line of at most {LONGEST_TEXT} characters, not {fault.text!r:.80}")
