"""The settings that SpaceDog has classes for (sdk/src/main/java/io/spacedog/model/)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mockmail.vendors.spacedog.mapping import Flag, MapOf, Shape, Text, Texts, Whole

MODEL = "io.spacedog.model"
USERNAME_REGEX = r"[a-zA-Z0-9_%@+\-\.]{3,}"
PASSWORD_REGEX = ".{6,}"  # noqa: S105  # what a password must look like
DAY = 86400

TEMPLATE = Shape(
    f"{MODEL}.MailTemplate",
    {
        "from": Text(),
        "to": Texts(),
        "cc": Texts(),
        "bcc": Texts(),
        "subject": Text(),
        "text": Text(),
        "html": Text(),
        "model": MapOf(Text()),
        "roles": Texts(unique=True),
    },
)
MAIL = Shape(
    f"{MODEL}.MailSettings",
    {
        "enableUserFullAccess": Flag(),
        "mailgun": Shape(f"{MODEL}.MailSettings$MailGunSettings", {"domain": Text(), "key": Text()}),
        "smtp": Shape(
            f"{MODEL}.MailSettings$SmtpSettings",
            {
                "host": Text(),
                "login": Text(),
                "password": Text(),
                "startTlsRequired": Flag(),
                "sslOnConnect": Flag(),
            },
        ),
        "templates": MapOf(TEMPLATE),
    },
)
CREDENTIALS = Shape(
    f"{MODEL}.CredentialsSettings",
    {
        "disableGuestSignUp": Flag(),
        "usernameRegex": Text(USERNAME_REGEX),
        "passwordRegex": Text(PASSWORD_REGEX),
        "linkedinId": Text(),
        "linkedinSecret": Text(),
        "useLinkedinExpiresIn": Flag(default=True),
        "linkedinRedirectUri": Text(),
        "linkedinFinalRedirectUri": Text(),
        "sessionMaximumLifetime": Whole(DAY),
        "maximumInvalidChallenges": Whole(0, "int"),
        "resetInvalidChallengesAfterMinutes": Whole(60, "int"),
        "oauth": Shape(
            f"{MODEL}.CredentialsSettings$OAuthSettings",
            {
                "clientId": Text(),
                "clientSecret": Text(),
                "backendUrl": Text(),
                "useExpiresIn": Flag(default=True),
                "finalRedirectUri": Text(),
            },
            lenient=True,
        ),
    },
    lenient=True,
)
SETTINGS = Shape(
    f"{MODEL}.SettingsSettings",
    {
        "acl": MapOf(
            Shape(
                f"{MODEL}.SettingsSettings$SettingsAcl",
                {"read": Texts(unique=True), "update": Texts(unique=True)},
            )
        )
    },
    lenient=True,
)

CLASSES: Mapping[str, Shape] = MappingProxyType({"mail": MAIL, "credentials": CREDENTIALS})
"""The classes that reading and writing go through; `settings` is any document, mapped when an ACL is asked for."""

NOT_DIRECTLY_UPDATABLE = ("schema",)
