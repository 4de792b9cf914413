"""`/api/2.0/smtpsettings/smtp/test`: send a test message with the SMTP settings, and show the progress of that job.

A portal has one job. The first response that shows its end removes it (docs/wire/onlyoffice.md 5).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.mail.compose import Draft, Mailbox, NotAnAddress, compose
from mockmail.core.mail.outgoing import Later, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.onlyoffice import mailkit
from mockmail.vendors.onlyoffice.authentication import SignedInCall
from mockmail.vendors.onlyoffice.handlers.smtp_settings import effective_settings
from mockmail.vendors.onlyoffice.records import PORTAL, SmtpSettings, SmtpTest
from mockmail.vendors.onlyoffice.views import job_document

COMPOSE_STEP = (20, "Create mime message")
STEPS = {
    Stage.CONNECT: (40, "Connect to host"),
    Stage.AUTHENTICATE: (60, "Authenticate"),
    Stage.SENDER: (80, "Send test message"),
}

IMPLICIT_TLS_PORT = 465
ABANDONED_AFTER = timedelta(minutes=5)
"""A job that runs longer belongs to a server that was stopped, and never ends."""

SUBJECT = "SMTP test message"
TEXT = """\
SMTP test message

Your portal wrote this message by itself to try its SMTP settings. As you can read it, they work, and the portal can
send its mail with them.


Kind regards, the ONLYOFFICE team
"""


def start(call: SignedInCall, params: None) -> dict[str, Any] | Later:
    """Start to send a test message, unless a job is running, and return the job at once."""
    running = _current_job(call)
    if running is not None and not running.completed:
        return job_document(running)
    job = SmtpTest(id=call.world.ids.uuid(), startedAt=call.world.clock.now().isoformat())
    settings = effective_settings(call)
    try:
        message = _message(call, settings)
    except NotAnAddress as error:
        return _failed(call, job, COMPOSE_STEP, mailkit.address_error(error.address))
    if not is_host(settings.host):
        return _failed(call, job, STEPS[Stage.CONNECT], "Name or service not known")
    call.records(SmtpTest).put(job)
    send = Send(
        message=message,
        relay=_relay(settings),
        progress=partial(_begin_step, call, job.id),
        then=partial(_complete, call, job.id),
    )
    return Later(send=send, result=job_document(job))


def status(call: SignedInCall, params: None) -> dict[str, Any] | None:
    """Show the progress of the job, or nothing if there is none."""
    job = _current_job(call)
    if job is None:
        return None
    if job.completed:
        call.records(SmtpTest).remove(PORTAL)
    return job_document(job)


def _failed(call: SignedInCall, job: SmtpTest, step: tuple[int, str], error: str) -> dict[str, Any]:
    # The response shows a new job, as for any other failure; the next status shows the error.
    percents, step_name = step
    call.records(SmtpTest).put(job.replace(completed=True, error=error, percents=percents, status=step_name))
    return job_document(job)


def _message(call: SignedInCall, settings: SmtpSettings) -> Outgoing:
    # The envelope has the addresses unchanged, with SMTPUTF8; the header has their domains in ASCII.
    user = call.caller.user
    draft = Draft(
        sender=Mailbox(mailkit.header_address(settings.senderAddress), settings.senderDisplayName),
        to=[Mailbox(mailkit.header_address(user.email), user.userName)],
        subject=SUBJECT,
        text=TEXT,
        headers={"Auto-Submitted": "auto-generated"},
        message_id=mailkit.message_id(call.world.clock.now(), call.world.ids),
    )
    return Outgoing(
        sender=settings.senderAddress.strip(), recipients=(user.email.strip(),), raw=compose(call.world, draft)
    )


def _relay(settings: SmtpSettings) -> Relay:
    tls = Security.IMPLICIT if settings.port == IMPLICIT_TLS_PORT else Security.OPPORTUNISTIC
    return Relay(
        host=settings.host,
        port=settings.port,
        security=tls if settings.enableSSL else Security.PLAIN,
        user=settings.credentialsUserName if settings.enableAuth else None,
        password=settings.credentialsUserPassword or "",
    )


def _begin_step(call: SignedInCall, job_id: str, stage: Stage) -> None:
    if stage in STEPS:
        percents, step_name = STEPS[stage]
        _change_job(call, job_id, percents=percents, status=step_name)


def _complete(call: SignedInCall, job_id: str, outcome: Outcome) -> None:
    if outcome.failure is None:
        _change_job(call, job_id, completed=True, percents=100)
    else:
        _change_job(call, job_id, completed=True, error=mailkit.failure_message(outcome.failure))


def _change_job(call: SignedInCall, job_id: str, **changes: Any) -> None:
    job = call.records(SmtpTest).get(PORTAL)
    if job is not None and job.id == job_id:  # the sandbox may have been reset meanwhile
        call.records(SmtpTest).put(job.replace(**changes))


def _current_job(call: SignedInCall) -> SmtpTest | None:
    job = call.records(SmtpTest).get(PORTAL)
    if job is None or job.completed:
        return job
    is_abandoned = call.world.clock.now() - read_timestamp(job.startedAt) > ABANDONED_AFTER
    return None if is_abandoned else job
