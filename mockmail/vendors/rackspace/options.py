"""Rackspace's options: switches for facts that are unknown or that differ between the vendor's versions."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the vendor `rackspace`; its README gives the reason for each default."""

    signature_window: int = field(
        default=0,
        metadata={"help": "seconds by which a signature's timestamp may differ from the clock; 0: any timestamp"},
    )
    signature_utc_offset: int = field(
        default=0, metadata={"help": "the zone of timestamps for signature_window, in hours east of UTC"}
    )
    reads_per_minute: int = field(
        default=0, metadata={"help": "GET requests of a user key in a minute (documented: 60); 0: any number"}
    )
    writes_per_minute: int = field(
        default=0,
        metadata={"help": "POST, PUT and DELETE requests of a user key in a minute (documented: 30); 0: any number"},
    )
    permission_total_is_zero: bool = field(
        default=False,
        metadata={
            "help": "`total` in a list of permissions is 0, as in the page's sample, not the number of permissions"
        },
    )
    oversize_page_is_refused: bool = field(
        default=False, metadata={"help": "refuse a `size` over 250 with 400 instead of reducing it to 250"}
    )
    created_date: bool = field(
        default=False,
        metadata={"help": "show an Exchange mailbox's createdDate, which real responses have and the page does not"},
    )
    new_mailbox_has_last_login: bool = field(
        default=True,
        metadata={"help": "a new Exchange mailbox's lastLogin is the time when it was added; off: empty"},
    )
    forward_inside_only: bool = field(
        default=False,
        metadata={"help": "an Exchange mailbox may forward only to addresses of hosted mailboxes"},
    )
    json_on_form_routes: bool = field(
        default=False, metadata={"help": "read a JSON body where the page requires a form, instead of refusing it"}
    )
    plans_are_enforced: bool = field(
        default=True,
        metadata={"help": "refuse a new mailbox of a service that its domain lacks, or beyond the domain's maximum"},
    )
