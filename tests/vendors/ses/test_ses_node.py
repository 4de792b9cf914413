"""Amazon SES driven by AWS's own clients for Node, and by nodemailer."""

from __future__ import annotations

import os

import pytest
from node_packages import needs_packages, printed_by

pytestmark = needs_packages("@aws-sdk/client-ses", "@aws-sdk/client-sesv2", "nodemailer")

SCRIPT = """
const v1 = require("@aws-sdk/client-ses");
const v2 = require("@aws-sdk/client-sesv2");
const nodemailer = require("nodemailer");
const print = (value) => console.log(JSON.stringify(value));

(async () => {
  const second = new v2.SESv2Client({ maxAttempts: 1 });
  const first = new v1.SESClient({ maxAttempts: 1 });
  const content = { Subject: { Data: "Second" }, Body: { Text: { Data: "x" } } };
  const to = { ToAddresses: ["jane@example.org"] };
  const mail = { FromEmailAddress: "app@example.com", Destination: to, Content: { Simple: content } };
  print((await second.send(new v2.SendEmailCommand(mail))).MessageId.length);
  const message = { ...content, Subject: { Data: "First" } };
  const sent = new v1.SendEmailCommand({ Source: "app@example.com", Destination: to, Message: message });
  print((await first.send(sent)).MessageId.length);
  try {
    await second.send(new v2.SendEmailCommand({ ...mail, FromEmailAddress: "a@b.org" }));
  } catch (error) {
    print([error.name, error.$metadata.httpStatusCode]);
  }
  try {
    await first.send(new v1.SendEmailCommand({ Source: "a@b.org", Destination: to, Message: message }));
  } catch (error) {
    print([error.name, error.$metadata.httpStatusCode]);
  }
  const transport = nodemailer.createTransport({ SES: { sesClient: second, SendEmailCommand: v2.SendEmailCommand } });
  const info = await transport.sendMail({
    from: "app@example.com",
    to: "jane@example.org",
    bcc: "archive@example.org",
    subject: "Nodemailer",
    text: "x",
    attachments: [{ filename: "a.txt", content: "hello" }],
  });
  print(info.messageId);
  print((await second.send(new v2.GetAccountCommand({}))).SendQuota.SentLast24Hours);
})();
"""


@pytest.mark.mockmail(options={"ses": {"checks_signatures": True}})
def test_clients_for_node_send_and_see_errors(mockmail):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}

    *printed, message_id, sent = printed_by(SCRIPT, environment | dict(mockmail.ses.environment))

    assert printed == [60, 60, ["MessageRejected", 400], ["MessageRejected", 400]]
    assert sent == 4.0
    assert [message.subject for message in mockmail.inbox] == ["Second", "First", "Nodemailer"]
    assert mockmail.inbox[2].headers["Message-ID"] == message_id
    assert mockmail.inbox[2].envelope.recipients == ("jane@example.org", "archive@example.org")
    assert b"archive@example.org" not in mockmail.inbox[2].raw
