"""What differs between the vendor's versions, or is not known of it, as switches."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the vendor `rackspace`; each default is what its README argues for."""

    signature_window: int = field(
        default=0,
        metadata={"help": "seconds that a signature's timestamp may be off the clock, either way; 0: any timestamp"},
    )
    signature_utc_offset: int = field(
        default=0, metadata={"help": "hours east of UTC that signature_window takes timestamps to be in"}
    )
    reads_per_minute: int = field(
        default=0, metadata={"help": "GETs that a user key may make in a minute (documented: 60); 0: any number"}
    )
    writes_per_minute: int = field(
        default=0,
        metadata={"help": "POSTs, PUTs and DELETEs that a user key may make in a minute (documented: 30); 0: any"},
    )
    permission_total_is_zero: bool = field(
        default=False,
        metadata={
            "help": "answer `total` 0 in a list of permissions, as the page's sample does, not how many there are"
        },
    )
    oversize_page_is_refused: bool = field(
        default=False, metadata={"help": "refuse a `size` over 250 with 400 instead of taking it for 250"}
    )
    created_date: bool = field(
        default=False,
        metadata={"help": "give an Exchange mailbox's createdDate, which real answers have and the page has not"},
    )
    new_mailbox_has_last_login: bool = field(
        default=True,
        metadata={
            "help": "a new Exchange mailbox's lastLogin is the moment it was added; off: empty until it is seeded"
        },
    )
    forward_inside_only: bool = field(
        default=False,
        metadata={
            "help": "take only addresses of mailboxes that the server hosts for an Exchange mailbox's forwarding"
        },
    )
    json_on_form_routes: bool = field(
        default=False, metadata={"help": "read a JSON body where the page requires a form, instead of refusing it"}
    )
    plans_are_enforced: bool = field(
        default=True,
        metadata={"help": "refuse a new mailbox of a service that its domain does not have, or has no room for"},
    )
