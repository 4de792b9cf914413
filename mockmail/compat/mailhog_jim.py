"""Jim, MailHog's chaos monkey: each of his chances is an SMTP fault with a probability."""

from __future__ import annotations

import math
from typing import Any

from mockmail.compat.call import Call, Reply, Route, json_reply
from mockmail.core.errors import LimitReached, Problem
from mockmail.core.smtp_faults import SmtpFault, SmtpStage

DEFAULTS = {
    "DisconnectChance": 0.0,
    "AcceptChance": 1.0,
    "LinkSpeedAffect": 0.0,
    "LinkSpeedMin": 1024,
    "LinkSpeedMax": 10240,
    "RejectSenderChance": 0.0,
    "RejectRecipientChance": 0.0,
    "RejectAuthChance": 0.0,
}
"""The members of Jim's document. With these values he does nothing."""

SPEEDS = ("LinkSpeedMin", "LinkSpeedMax")
"""The members in bytes a second; the others are probabilities."""

DISCONNECTS: tuple[SmtpStage, ...] = ("ehlo", "mail", "rcpt", "data")
"""The stages at which Jim may disconnect a client."""

REJECTS: tuple[tuple[str, SmtpStage, int], ...] = (
    ("RejectSenderChance", "mail", 550),
    ("RejectRecipientChance", "rcpt", 550),
    ("RejectAuthChance", "auth", 535),
)

JSON = "text/json; charset=utf-8"


async def show_jim(call: Call) -> Reply:
    """Show Jim's chances."""
    return json_reply(_active(call), content_type=JSON)


async def start_jim(call: Call) -> Reply:
    """Turn Jim on."""
    if _is_on(call):
        raise Problem(400, "Jim is on already: PUT changes his chances")
    _set(call, _given(call))
    return Reply(status=201)


async def change_jim(call: Call) -> Reply:
    """Change Jim's chances."""
    _active(call)
    _set(call, _given(call))
    return Reply()


async def stop_jim(call: Call) -> Reply:
    """Turn Jim off."""
    _active(call)
    _remove_faults(call)
    call.jim.document = None
    return Reply()


def _is_on(call: Call) -> bool:
    jim = call.jim
    ids = {fault.id for fault in call.world.smtp_faults}
    return jim.document is not None and ids.issuperset(jim.faults)


def _active(call: Call) -> dict[str, Any]:
    document = call.jim.document
    if document is None or not _is_on(call):
        raise Problem(404, "Jim is off: POST turns him on")
    return document


def _given(call: Call) -> dict[str, Any]:
    document = DEFAULTS | call.document(*DEFAULTS)
    for name, value in document.items():
        is_number = type(value) in (int, float) and math.isfinite(value)
        if name in SPEEDS:
            if type(value) is not int or value < 1:
                raise Problem(400, f"{name} must be a whole number of bytes a second, 1 or more, not {value!r:.80}")
        elif not is_number or not 0 <= value <= 1:
            raise Problem(400, f"{name} must be a number from 0 to 1, not {value!r:.80}")
    if document["LinkSpeedMin"] > document["LinkSpeedMax"]:
        raise Problem(400, "LinkSpeedMin must be at most LinkSpeedMax")
    return document


def _set(call: Call, document: dict[str, Any]) -> None:
    _remove_faults(call)
    faults = [
        SmtpFault(stage="connect", disconnect=True, probability=1 - document["AcceptChance"]),
        SmtpFault(stage="connect", throttle=document["LinkSpeedMin"], probability=document["LinkSpeedAffect"]),
        *(SmtpFault(stage=stage, disconnect=True, probability=document["DisconnectChance"]) for stage in DISCONNECTS),
        *(
            SmtpFault(stage=stage, code=code, status="", text="Rejected by Jim", probability=document[name])
            for name, stage, code in REJECTS
        ),
    ]
    jim, rules = call.jim, call.world.smtp_faults
    jim.document = None
    try:
        for fault in faults:
            if fault.probability:
                fault.times = None
                jim.faults.append(rules.add(fault).id)
    except LimitReached:
        _remove_faults(call)
        raise
    jim.document = document


def _remove_faults(call: Call) -> None:
    jim = call.jim
    for fault_id in jim.faults:
        call.world.smtp_faults.remove(fault_id)
    jim.faults = []


JIM_ROUTES = (
    Route("GET", "api/v2/jim", show_jim),
    Route("POST", "api/v2/jim", start_jim),
    Route("PUT", "api/v2/jim", change_jim),
    Route("DELETE", "api/v2/jim", stop_jim),
)
