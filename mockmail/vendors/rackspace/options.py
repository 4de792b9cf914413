"""Rackspace's options: switches for facts that are unknown or that differ between the vendor's versions."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import option, switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the vendor `rackspace`; its README gives the reason for each default."""

    signature_window: int = option(
        0, "seconds by which a signature's timestamp may differ from the clock; 0: any timestamp"
    )
    signature_utc_offset: int = option(0, "the zone of timestamps for signature_window, in hours east of UTC")
    reads_per_minute: int = option(0, "GET requests of a user key in a minute (documented: 60); 0: any number")
    writes_per_minute: int = option(
        0, "POST, PUT and DELETE requests of a user key in a minute (documented: 30); 0: any number"
    )
    permission_total_is_zero: bool = switch(
        "`total` in a list of permissions is 0, as in the page's sample, not the number of permissions"
    )
    oversize_page_is_refused: bool = switch("refuse a `size` over 250 with 400 instead of reducing it to 250")
    created_date: bool = switch(
        "show an Exchange mailbox's createdDate, which real responses have and the page does not"
    )
    new_mailbox_has_last_login: bool = option(
        default=True, help="a new Exchange mailbox's lastLogin is the time when it was added; off: empty"
    )
    forward_inside_only: bool = switch("an Exchange mailbox may forward only to addresses of hosted mailboxes")
    json_on_form_routes: bool = switch("read a JSON body where the page requires a form, instead of refusing it")
    multipart_is_refused: bool = switch(
        "refuse a multipart/form-data body, as the page demands, instead of reading it as ASP.NET does"
    )
    over_quota_is_refused: bool = switch(
        "refuse mail that exceeds a mailbox's size with 552 5.2.2 instead of keeping it"
    )
    plans_are_enforced: bool = option(
        default=True, help="refuse a new mailbox of a service that its domain lacks, or beyond the domain's maximum"
    )
