"""What differs between Adaxes' versions and settings, or is not known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_MINUTES = 52_560_000
"""A hundred years, which every calendar holds."""

OPERATIONS = ("SendEmail", "SendSms", "GetObject", "CreateObject", "ModifyObject", "DeleteObject")
"""What can be switched off, or denied to an account; `SendEmail` is the vendor's word, the others are ours."""


def operations_named(field_name: str, given: Iterable[str], known: tuple[str, ...] = OPERATIONS) -> tuple[str, ...]:
    """Operations by their names, which come in any case. Raises ValueError for one that there is not."""
    spelled = {name.lower(): name for name in known}
    unknown = [name for name in given if str(name).lower() not in spelled]
    if unknown:
        raise ValueError(f"{field_name}: expected some of {', '.join(known)}, came {unknown[0]!r}")
    return tuple(spelled[name.lower()] for name in given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The switches of Adaxes; the defaults are the page's world. Raises ValueError for what cannot be."""

    session_minutes: float = field(default=10.0, metadata={"help": "minutes that an authentication session is good"})
    token_minutes: float = field(default=30.0, metadata={"help": "minutes that an issued token is good"})
    no_changes: bool = field(default=False, metadata={"help": "operation results have `noChanges`, as newer ones do"})
    failures_as_http: bool = field(
        default=False, metadata={"help": "a failed operation is HTTP 500 instead of a result with resultType 1"}
    )
    unknown_object_as_result: bool = field(
        default=False, metadata={"help": "an unknown object is a failed operation instead of HTTP 404"}
    )
    lenient_mail: bool = field(default=False, metadata={"help": "sendMail without subject or text sends them empty"})
    display_names: bool = field(default=False, metadata={"help": "mail carries display names beside the addresses"})
    smtputf8: bool = field(
        default=False,
        metadata={"help": "mail goes to and from addresses whose local part is beyond ASCII, as SMTPUTF8 has it"},
    )
    lockout_threshold: int = field(
        default=3, metadata={"help": "wrong passwords in a row that lock an account; 0 for any number"}
    )
    generic_login_errors: bool = field(
        default=False, metadata={"help": "every refused login says invalidCredentials and no more"}
    )
    short_sessions: bool = field(
        default=False, metadata={"help": "an authentication session has sessionId and expiresAtUtc only, as in 2025.1"}
    )
    disabled_operations: tuple[str, ...] = field(
        default=(), metadata={"help": "operations that are switched off: SendEmail, SendSms, GetObject ..."}
    )

    def __post_init__(self) -> None:
        """See that no lifetime is endless, and spell the operations as they are spelled here."""
        for name in ("session_minutes", "token_minutes"):
            minutes = getattr(self, name)
            if not 0 <= minutes <= MOST_MINUTES:
                raise ValueError(f"{name}: expected from 0 to {MOST_MINUTES}, came {minutes!r}")
        named = operations_named("disabled_operations", self.disabled_operations)
        object.__setattr__(self, "disabled_operations", named)
