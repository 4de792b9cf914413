"""Mailpit's environment variables (`MP_*`), in terms of mockmail's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

PREFIX = "MP_"

ADDRESSES = {"MP_UI_BIND_ADDR": "http_port", "MP_SMTP_BIND_ADDR": "smtp_port"}
"""The variables with an address and a port: the setting of the port."""

SAME = {
    "MP_SMTP_MAX_RECIPIENTS": "max_recipients",
    "MP_QUIET": "quiet",
    "MP_MAX_MESSAGES": "max_messages",
    "MP_MAX_AGE": "max_age",
}
"""The variables whose value a setting takes as it is. 0 is no maximum, which leaves the default of the setting."""

ALWAYS = (
    "MP_VERBOSE",
    "MP_SMTP_AUTH_ACCEPT_ANY",
    "MP_SMTP_AUTH_ALLOW_INSECURE",
    "MP_SMTP_DISABLE_RDNS",
    "MP_ENABLE_CHAOS",
    "MP_DISABLE_VERSION_CHECK",
    "MP_SEND_API_AUTH_ACCEPT_ANY",
    "MP_BLOCK_REMOTE_CSS_AND_FONTS",
)
"""The variables that ask for what mockmail does anyway."""

ADVICE = {
    "MP_SMTP_AUTH": "AUTH accepts any name and password; PUT /_mockmail/smtp sets accounts",
    "MP_UI_AUTH": "control_token protects the API: with Basic, it is the password",
    "MP_SMTP_TLS_CERT": "tls_cert and smtp_starttls do this",
    "MP_SMTP_TLS_KEY": "tls_key does this",
}
"""The differences, by variable."""

_FALSE = ("", "0", "false", "no", "off")


class Given(NamedTuple):
    """The value of a setting, as text, and the variable that it came from."""

    text: str
    variable: str


class Variables(NamedTuple):
    """The meaning of the variables. settings: by name. notes: a sentence for each effect that is not Mailpit's."""

    settings: Mapping[str, Given]
    notes: tuple[str, ...]


def read(environment: Mapping[str, str]) -> Variables:
    """Return the settings that Mailpit's variables stand for. An invalid value is refused where the setting is read."""
    given = {name: value.strip() for name, value in sorted(environment.items()) if name.startswith(PREFIX)}
    return Variables(dict(_settings(given)), tuple(_notes(given)))


def _settings(given: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    for name, value in given.items():
        if name in ADDRESSES and value:
            host, _, port = value.rpartition(":")
            yield "host", Given(host.strip("[]") or "0.0.0.0", name)  # noqa: S104  # what Mailpit does with `:8025`
            yield ADDRESSES[name], Given(port, name)
        elif name in SAME and (name == "MP_QUIET" or value not in _FALSE):
            yield SAME[name], Given(value, name)
            if name == "MP_MAX_MESSAGES":
                yield "remove_oldest", Given("true", name)
        elif name == "MP_MAX_MESSAGE_SIZE" and value not in _FALSE:
            yield "max_message_bytes", Given(str(int(value) << 20) if value.isdecimal() else value, name)
        elif name == "MP_DATABASE" and value and "://" not in value:
            yield "data_dir", Given(f"{value}.mockmail", name)


def _notes(given: Mapping[str, str]) -> Iterator[str]:
    hosts = {value.rpartition(":")[0] for name, value in given.items() if name in ADDRESSES and value}
    if len(hosts) > 1:
        yield f"{' and '.join(ADDRESSES)} name two hosts: both ports listen on that of MP_UI_BIND_ADDR"
    known = (*ADDRESSES, *SAME, *ALWAYS, "MP_MAX_MESSAGE_SIZE")
    for name, value in given.items():
        if value.lower() in _FALSE:
            continue
        if name in ADVICE:
            yield f"{name}: {ADVICE[name]}"
        elif name == "MP_DATABASE" and "://" not in value:
            yield f"{name}: mockmail keeps its own files in the folder {value}.mockmail"
        elif name not in known:
            yield f"{name} has no effect: mockmail has no such setting"
