"""The vendor's README is complete."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from golden import send_mail

import mockmail.vendors.atmail
from mockmail.vendors.atmail import VENDOR
from mockmail.vendors.atmail.options import Options

README = (Path(mockmail.vendors.atmail.__file__).parent / "README.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_readme_lists_every_operation_with_path_and_right():
    prefix = "/admin/index.php/api/"
    assert [row[:3] for row in rows("Operations")] == [
        [operation.name, operation.path.removeprefix(prefix).removesuffix("/{pairs*}"), operation.requires or ""]
        for operation in VENDOR.operations
    ]


def test_readme_lists_every_option_with_its_default():
    def written(value: object) -> str:
        return str(value).lower()

    assert [[re.sub("`", "", row[0]), row[1]] for row in rows("Options")] == [
        [option.name, written(option.default)] for option in dataclasses.fields(Options)
    ]


def test_readme_lists_the_statuses_of_faults():
    section = README.partition("\n## Faults\n")[2].partition("\n## ")[0]
    assert [int(status) for status in re.findall(r"\b[45]\d\d\b", section)] == list(VENDOR.fault_statuses)


def test_readme_lists_every_table():
    named = re.findall("`([^`]+)`", " ".join(row[0] for row in rows("State")))
    assert sorted(named) == sorted(model.table for model in VENDOR.models)


def test_seed_of_the_readme_works(mockmail, atmail):
    example = README.partition("```python\n")[2].partition("```")[0]
    exec(example, {"mockmail": mockmail})

    assert atmail.post("accounts/view", username="jane@my.example").results == {
        "accountId": "50",
        "createdByUserId": "1",
        "username": "jane@my.example",
        "password": "CHANGEME",
        "domainId": "5",
        "dateModified": "",
        "dateCreate": "",
        "userStatus": "0",
        "homeDir": "/var/atmail/users/j/a/n/jane@my.example/",
        "forward": "",
        "autoReply": "",
        "quota": "1024",
        "lastLogin": "",
        "mboxServer": "1",
        "mboxType": "Maildir",
        "groupId": "1",
        "firstName": "",
        "lastName": "",
        "UsedQuota": "0",
        "TotalMessages": "0",
    }
    clerk = atmail.as_("clerk", "secret")
    assert [row["username"] for row in clerk.get("accounts/list").results.values()] == ["jane@my.example"]
    assert clerk.post("aliases/list", Domain="my.example").results["key_0"]["DomainPart"] == "my.example"


def test_seeded_names_are_case_insensitive(mockmail, atmail):
    mockmail.atmail.seed(
        domains=[{"domainId": 5, "domainName": "My.Example"}],
        accounts=[{"accountId": 50, "username": "Jane@My.Example", "password": "secret", "domainId": 5}],
        aliases=[
            {"id": 500, "AliasName": "Info@My.Example", "AliasTo": "Jane@My.Example", "aliasType": "Local"},
            {"id": 501, "AliasName": "Jane@My.Example", "AliasTo": "JANE@my.example", "aliasType": "Local"},
            {"id": 502, "AliasName": "Old.Example", "AliasTo": "My.Example", "aliasType": "Domain"},
        ],
    )

    assert atmail.post("domain/create", domainName="my.example").status == "failed"
    send_mail(mockmail, ["info@my.example", "info@old.example"])
    assert [delivery.mailbox for delivery in mockmail.inbox[0].deliveries] == ["50"]
    again = atmail.post("aliases/create", AliasName="info@my.example", AliasTo="jane@my.example", AliasType="Local")
    assert again.message == "info@my.example is already existing."
    assert atmail.post("domain/delete", domainName="my.EXAMPLE").results == {"DeletedAccount": "1"}
    assert [row["AliasName"] for row in atmail.get("aliases/list").results.values()] == ["Old.Example"]
