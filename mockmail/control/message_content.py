"""`/_mockmail/messages/{id}/links` and `checks`: the links of a message, and the rules that it breaks."""

from __future__ import annotations

import asyncio
from typing import Annotated

from msgspec import Meta

from mockmail.control.message_criteria import message_of
from mockmail.control.route import ControlRequest, ControlResponse, Fields, route


class LinkFacts(Fields, frozen=True, kw_only=True):
    """A link. text: between its tags. tag: `a` or `area`, null in plain text. part: the number of its part."""

    url: str
    text: str
    tag: str | None
    part: int


class LinkList(Fields, frozen=True, kw_only=True):
    """The links of a message, those in the HTML first. A URL that comes again is left out."""

    links: list[LinkFacts]


@route("GET", "messages/{id}/links", responses={200: "The links.", 404: "There is no such message."}, returns=LinkList)
async def list_links(request: ControlRequest) -> ControlResponse:
    """List the links in the bodies of a message, with the text and the place of each."""
    found = [
        LinkFacts(url=str(link), text=link.text, tag=link.tag, part=link.part) for link in message_of(request).links
    ]
    return ControlResponse(LinkList(links=found))


class CheckQuery(Fields, frozen=True, kw_only=True):
    """The signature to verify."""

    dkim_key: Annotated[
        str | None,
        Meta(
            description="the public key of the signer, as PEM or as the text of its DNS record (`v=DKIM1; p=...`); "
            "with a key, a DKIM-Signature must be there and fit"
        ),
    ] = None


class CheckFinding(Fields, frozen=True, kw_only=True):
    """A rule that a message breaks. source: where the rule is written down. line: of the raw message, from 1."""

    check: str
    text: str
    source: str
    line: int | None


class CheckFindings(Fields, frozen=True, kw_only=True):
    """The rules that a message breaks; empty if all checks passed."""

    findings: list[CheckFinding]


@route(
    "GET",
    "messages/{id}/checks",
    query=CheckQuery,
    responses={200: "What was found.", 404: "There is no such message."},
    returns=CheckFindings,
)
async def check_message(request: ControlRequest) -> ControlResponse:
    """Check what servers and readers of mail may refuse or show wrongly in a message."""
    query: CheckQuery = request.query
    found = await asyncio.to_thread(message_of(request).checks, dkim_key=query.dkim_key)
    return ControlResponse(CheckFindings(findings=[CheckFinding.of(finding) for finding in found]))


ROUTES = (list_links, check_message)
