"""`/api/2.0/smtpsettings/smtp/test`: a test mail with the settings in force, and how far it is.

A portal has one job at a time. Whoever reads first that it is over has read it last (docs/wire/onlyoffice.md 5).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.mail.compose import Draft, Mailbox, NotAnAddress, compose
from mockmail.core.mail.outgoing import Failure, Later, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.state.store import Records
from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.onlyoffice import mailkit
from mockmail.vendors.onlyoffice.authentication import Caller
from mockmail.vendors.onlyoffice.handlers.smtp_settings import in_force
from mockmail.vendors.onlyoffice.moments import read
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.records import PORTAL, VENDOR, SmtpSettings, SmtpTest

COMPOSING = (20, "Create mime message")
STEPS = {
    Stage.CONNECT: (40, "Connect to host"),
    Stage.AUTHENTICATE: (60, "Authenticate"),
    Stage.SENDER: (80, "Send test message"),
}
DONE = 100

IMPLICIT_TLS_PORT = 465
LONGEST_AUTH_LINE = 12_288
"""How many octets of base64 an SMTP server takes in one line of AUTH (RFC 4954, 4)."""

TOO_LONG = Failure(stage=Stage.AUTHENTICATE, text="5.5.6 Authentication Exchange line is too long", code=500)

ABANDONED = timedelta(minutes=5)
"""After so long a job has no one left to end it: the server that ran it was stopped."""

SUBJECT = "SMTP test message"
TEXT = """\
SMTP test message

Your portal wrote this message by itself to try its SMTP settings. As you can read it, they work, and the portal can
send its mail with them.


Kind regards, the ONLYOFFICE team
"""


def start(call: Call[Caller, Options], params: None) -> dict[str, Any] | Later:
    """Begin a job, unless one is running, and answer at once."""
    jobs = _jobs(call.world)
    running = _current(call.world)
    if running is not None and not running.completed:
        return _document(running)
    job = SmtpTest(id=call.world.ids.uuid(), startedAt=call.world.clock.now().isoformat())
    settings = in_force(call.world)
    try:
        message = _message(call, settings)
    except NotAnAddress as error:
        return _failed(call, job, COMPOSING, mailkit.trouble_with(error.address))
    if not is_host(settings.host):
        return _failed(call, job, STEPS[Stage.CONNECT], "Name or service not known")
    if _says_too_much(settings):
        return _failed(call, job, STEPS[Stage.AUTHENTICATE], mailkit.words_for(TOO_LONG))
    jobs.put(job)
    send = Send(
        message=message,
        relay=_relay(settings),
        progress=_progress(call.world, job.id),
        then=_then(call.world, job.id),
    )
    return Later(send=send, result=_document(job))


def status(call: Call[Caller, Options], params: None) -> dict[str, Any] | None:
    """How far the job is; None where there is none."""
    job = _current(call.world)
    if job is None:
        return None
    if job.completed:
        _jobs(call.world).remove(PORTAL)
    return _document(job)


def _failed(call: Call[Caller, Options], job: SmtpTest, step: tuple[int, str], error: str) -> dict[str, Any]:
    """A job that is over as it begins; who asked for it reads so the next time, as with any other."""
    percents, status = step
    _jobs(call.world).put(job.replace(completed=True, error=error, percents=percents, status=status))
    return _document(job)


def _says_too_much(settings: SmtpSettings) -> bool:
    """Whether no SMTP server has to hear the credentials out (RFC 4954, 4)."""
    octets = len(f"\0{settings.credentialsUserName}\0{settings.credentialsUserPassword}".encode())
    return settings.enableAuth and 4 * ceil(octets / 3) > LONGEST_AUTH_LINE


def _message(call: Call[Caller, Options], settings: SmtpSettings) -> Outgoing:
    """The mail to whoever asks for it. The envelope has addresses as they are, with SMTPUTF8. Raises NotAnAddress."""
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
    """The relay of the settings: with SSL, TLS from the first byte on 465 and elsewhere STARTTLS where offered."""
    tls = Security.IMPLICIT if settings.port == IMPLICIT_TLS_PORT else Security.OPPORTUNISTIC
    return Relay(
        host=settings.host,
        port=settings.port,
        security=tls if settings.enableSSL else Security.PLAIN,
        user=settings.credentialsUserName if settings.enableAuth else None,
        password=settings.credentialsUserPassword or "",
    )


def _progress(world: World, job_id: str) -> Callable[[Stage], None]:
    def progress(stage: Stage) -> None:
        job = _jobs(world).get(PORTAL)
        if job is not None and job.id == job_id and stage in STEPS:
            percents, status = STEPS[stage]
            _jobs(world).put(job.replace(percents=percents, status=status))

    return progress


def _then(world: World, job_id: str) -> Callable[[Outcome], None]:
    def then(outcome: Outcome) -> None:
        job = _jobs(world).get(PORTAL)
        if job is None or job.id != job_id:
            return  # the World was reset meanwhile
        if outcome.failure is None:
            _jobs(world).put(job.replace(completed=True, percents=DONE))
        else:
            _jobs(world).put(job.replace(completed=True, error=mailkit.words_for(outcome.failure)))

    return then


def _current(world: World) -> SmtpTest | None:
    job = _jobs(world).get(PORTAL)
    if job is None or job.completed:
        return job
    is_abandoned = world.clock.now() - read(job.startedAt) > ABANDONED
    return None if is_abandoned else job


def _jobs(world: World) -> Records[SmtpTest]:
    return world.store.records(VENDOR, SmtpTest)


def _document(job: SmtpTest) -> dict[str, Any]:
    return {
        "completed": job.completed,
        "id": job.id,
        "error": job.error,
        "status": job.status,
        "percents": job.percents,
    }
