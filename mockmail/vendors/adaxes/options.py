"""What differs between Adaxes' versions and settings, or is not known of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaxesOptions:
    """The switches of Adaxes; the defaults are the page's world."""

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
