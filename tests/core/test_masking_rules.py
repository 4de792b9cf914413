"""Names of secrets are recognized."""

from __future__ import annotations

import pytest

from mockmail.core.masking_rules import MaskingRules, looks_secret


@pytest.mark.parametrize(
    "name",
    ["password", "PASSWORD", "passWord", "credentialsUserPassword", "pass_word", "unicodePwd", "pwd",
     "passwordResetCode", "passphrase", "client_secret", "accessToken", "X-Api-Signature", "apiKey", "API_KEY",
     "api-key", "key", "Key", "secret key", "smtpPass", "db_pass", "sessionId", "session_id", "Adm-Authorization",
     "to\u212aen"],
)  # fmt: skip
def test_name_of_a_secret_looks_secret(name):
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    ["", "username", "hotkeys", "monkey", "key_0", "keyPostfix", "keys", "bypass", "session", "passed", "credentials",
     "AliasName", "compass", "domain_name"],
)  # fmt: skip
def test_other_name_does_not_look_secret(name):
    assert not looks_secret(name)


def test_each_part_of_a_name_may_be_that_of_a_secret():
    rules = MaskingRules(names=frozenset({"id"}), shown=frozenset({"passwordregex"}))

    found = [
        name
        for name in ("user[id]", "x.ID", " id ", "idea", "id[]", "passwordRegex", "x[password]", "passwordRegex[id]")
        if rules.is_secret(name)
    ]

    assert found == ["user[id]", "x.ID", " id ", "id[]", "x[password]", "passwordRegex[id]"]
