"""`POST /emails` and `/emails/batch`: sending one message or a batch (docs/wire/resend.md 3, 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.errors import HeadTooLong, VendorError
from mockmail.core.mail.compose import compose
from mockmail.core.senders.batch import Prepared, submit_each
from mockmail.core.senders.idempotency import answer_once
from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import Identity, Recipient, SentMessage
from mockmail.core.senders.sending import Submission, submit
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.checking import check, domain_of
from mockmail.vendors.resend.composing import LISTS, as_list, contradicts_name, draft
from mockmail.vendors.resend.dialect import DIALECT
from mockmail.vendors.resend.errors import IN_PROGRESS, OTHER_PAYLOAD, ResendError
from mockmail.vendors.resend.handlers.templates import find_template
from mockmail.vendors.resend.parameters import Email
from mockmail.vendors.resend.rendering import Renderer
from mockmail.vendors.resend.scheduling import due_at

MOST_IN_BATCH = 100
LONGEST_KEY = 256
KEY_HOURS = 24
DROPPED = RecipientOutcome(
    kind="failed",
    code=0,
    status="",
    reason="Resend drops a message with an attachment that has no filename, or one that contradicts its content_type.",
)


def send(call: ResendCall, params: Email) -> Any:
    """Send one message."""

    def make() -> Any:
        result, submissions = _prepare(call, params, Renderer())
        return submit(call, submissions, result)

    return _once(call, make)


def send_batch(call: ResendCall, params: list[Any]) -> Any:
    """Send up to 100 messages: all or none, unless the header x-batch-validation is `permissive`."""
    if not 0 < len(params) <= MOST_IN_BATCH:
        raise ResendError(f"A batch must have from 1 to {MOST_IN_BATCH} emails.")
    is_permissive = call.request.headers.get("x-batch-validation", "").strip().lower() == "permissive"

    renderer = Renderer()

    def prepare(value: Any) -> Prepared:
        return _prepare_item(call, value, renderer)

    def make() -> Any:
        if is_permissive:
            return submit_each(call, params, prepare, failed=_document, respond=_with_errors)
        return submit_each(call, params, prepare, respond=_all_sent)

    return _once(call, make)


def _once(call: ResendCall, make: Callable[[], Any]) -> Any:
    key = call.request.headers.get("Idempotency-Key")
    if key is None:
        return make()
    if not 0 < len(key) <= LONGEST_KEY:
        raise ResendError("The key must be between 1-256 chars", "invalid_idempotency_key", 400)
    return answer_once(
        call,
        key,
        make,
        hours=KEY_HOURS,
        conflict=ResendError(OTHER_PAYLOAD, "invalid_idempotent_request", 409),
        running=ResendError(IN_PROGRESS, "concurrent_idempotent_requests", 409),
    )


def _all_sent(results: list[Any]) -> dict[str, Any]:
    return {"data": results}


def _with_errors(results: list[Any]) -> dict[str, Any]:
    errors = [{"index": at, "message": each["message"]} for at, each in enumerate(results) if "id" not in each]
    return {"data": [each for each in results if "id" in each], "errors": errors}


def _document(error: VendorError) -> Any:
    return error.document


def _prepare_item(call: ResendCall, value: Any, renderer: Renderer) -> Prepared:
    email = DIALECT.bind(Email, value)
    for name, given in (("attachments", email.attachments), ("scheduled_at", email.scheduled_at)):
        if given:
            raise ResendError(f"The `{name}` field is not supported in a batch.")
    return _prepare(call, email, renderer)


def _prepare(call: ResendCall, email: Email, renderer: Renderer) -> Prepared:
    """Return the result of one message and what to send. Raise ResendError."""
    email_id, at = call.world.ids.uuid(), call.world.clock.now()
    template = None
    if email.template is not None:
        template = find_template(call, email.template.id)
        email = renderer.rendered(template, email)
    addresses = check(call, email)
    domain = domain_of(addresses.sender.address)
    identity = call.records(Identity).get(domain)
    region = identity.details.get("region", "us-east-1") if identity else "us-east-1"
    ses_id = f"0100{int(at.timestamp() * 1000):012x}-{call.world.ids.uuid()}-000000"
    host = "email" if region == "us-east-1" else region
    message_id = f"<{ses_id}@{host}.amazonses.com>"
    try:
        raw = compose(call.world, draft(email, addresses, message_id))
    except HeadTooLong as error:
        raise ResendError(f"Invalid email: {error}.") from error
    return_path = identity.details.get("custom_return_path", "send") if identity else "send"
    sent = SentMessage(
        id=email_id,
        at=at.isoformat(),
        operation=call.operation.name,
        sender=email.sender or "",
        envelope_sender=f"{ses_id}@{return_path}.{domain}",
        recipients=tuple(
            Recipient(address=mailbox.address, name=mailbox.name, kind=kind)
            for kind, mailboxes in addresses.recipients.items()
            for mailbox in mailboxes
        ),
        subject=email.subject or "",
        template=template.id if template else "",
        data=(email.template.variables or {}) if email.template else {},
        metadata={tag.name: tag.value for tag in email.tags},
        scheduled_at=None if email.scheduled_at is None else due_at(email.scheduled_at, at).isoformat(),
        details=_details(email, message_id),
    )
    dropped = any(map(contradicts_name, email.attachments))
    return {"id": email_id}, [Submission(message=sent, raw=raw, failure=DROPPED if dropped else None)]


def _details(email: Email, message_id: str) -> dict[str, Any]:
    """Return what reading a message shows as the request gave it; what the request did not give is left out."""
    given = {
        "message_id": message_id,
        **{field: as_list(getattr(email, field)) for field in LISTS},
        "headers": [{"name": name, "value": value} for name, value in (email.headers or {}).items()],
        "bodies": [name for name in ("html", "text") if getattr(email, name)],
    }
    return {name: value for name, value in given.items() if value}
