"""The options of Adaxes, for differences between its versions and settings, and for unknown behaviour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from mockmail.core.vendor import option, switch

MINUTES = Meta(ge=0, le=52_560_000)
"""At most a hundred years, so that no lifetime ends after the last date of a calendar."""

OPERATION_NAMES = ("SendEmail", "SendSms", "View", "Create", "Edit", "Delete")
"""The operations that can be disabled, or denied to an account, by the names of adaxes.com/sdk/OperationType."""


def spell_operations(
    field_name: str, given: Iterable[str], known: tuple[str, ...] = OPERATION_NAMES
) -> tuple[str, ...]:
    """Return names of operations, given in any case, in their usual spelling. Raise ValueError for an unknown one."""
    spelled = {name.lower(): name for name in known}
    unknown = [name for name in given if str(name).lower() not in spelled]
    if unknown:
        raise ValueError(f"{field_name}: expected one of {', '.join(known)}, got {unknown[0]!r}")
    return tuple(spelled[name.lower()] for name in given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options; the defaults are those of the vendor's page. Raise ValueError for an unknown operation."""

    session_minutes: Annotated[float, MINUTES] = option(10.0, "minutes that an authentication session lasts")
    token_minutes: Annotated[float, MINUTES] = option(30.0, "minutes that an issued token lasts")
    no_changes: bool = switch("results have `noChanges`, as in newer versions")
    failures: Literal["page", "result", "http"] = option(
        "page",
        "a failed operation is `http` 500 or a `result` of resultType 1; "
        "`page`: HTTP 500 for mail and SMS that are not sent, a result for the rest",
    )
    unknown_object_as_result: bool = switch("an unknown object is a failed operation instead of HTTP 404")
    lenient_mail: bool = switch("sendMail without subject or text sends them empty")
    display_names: bool = switch("the From and To headers have display names")
    smtputf8: bool = switch("local parts that are not ASCII are sent with SMTPUTF8")
    lockout_threshold: int = option(3, "wrong passwords in a row until a lockout; 0: never")
    generic_login_errors: bool = switch("every refused login is invalidCredentials")
    short_sessions: bool = switch("sessions have two members only, as in 2025.1")
    unrestricted_tokens: bool = switch("a token may perform every operation, for each role of its account")
    disabled_operations: tuple[str, ...] = option((), "disabled: SendEmail, SendSms ...")

    def __post_init__(self) -> None:
        disabled = spell_operations("disabled_operations", self.disabled_operations)
        object.__setattr__(self, "disabled_operations", disabled)
