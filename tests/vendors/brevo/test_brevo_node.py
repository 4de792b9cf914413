"""Brevo driven by its own client for Node."""

from __future__ import annotations

import os

from node_packages import needs_packages, printed_by

pytestmark = needs_packages("@getbrevo/brevo")

SCRIPT = """
const { BrevoClient } = require("@getbrevo/brevo");
const { BREVO_API_KEY: apiKey, BREVO_API_URL: baseUrl } = process.env;
const brevo = new BrevoClient({ apiKey, baseUrl, maxRetries: 0 });
const mail = {
  sender: { email: "app@example.com", name: "App" },
  to: [{ email: "jane@example.org" }],
  subject: "Hello {{ params.name }}",
  htmlContent: "<b>x</b>",
  params: { name: "Jane" },
};
const print = (value) => console.log(JSON.stringify(value));

(async () => {
  const emails = brevo.transactionalEmails;
  const sent = await emails.sendTransacEmail({
    ...mail,
    attachment: [{ name: "a.txt", content: Buffer.from("hello").toString("base64") }],
  });
  print(sent.messageId);
  print((await emails.getEmailEventReport({ messageId: sent.messageId })).events.map((event) => event.event));
  const versions = [{ to: [{ email: "a@example.org" }] }, { to: [{ email: "b@example.org" }] }];
  print((await emails.sendTransacEmail({ ...mail, messageVersions: versions })).messageIds.length);
  try {
    await emails.sendTransacEmail({ ...mail, sender: { email: "nobody" } });
  } catch (error) {
    print([error.statusCode, error.body]);
  }
  const scheduledAt = new Date(Date.now() + 3600000).toISOString();
  const later = await emails.sendTransacEmail({ ...mail, scheduledAt });
  await emails.deleteScheduledEmailById({ identifier: later.messageId });
  print((await brevo.account.getAccount()).email);
  const hook = await brevo.webhooks.createWebhook({ url: "http://127.0.0.1:9/", events: ["delivered"] });
  print((await brevo.webhooks.getWebhook({ webhookId: hook.id })).events);
})();
"""


def test_client_for_node_sends_reads_schedules_and_sees_errors(mockmail):
    printed = printed_by(SCRIPT, os.environ | dict(mockmail.brevo.environment))

    assert printed == [
        mockmail.inbox[0].headers["Message-ID"],
        ["delivered", "requests"],
        2,
        [400, {"code": "invalid_parameter", "message": "valid sender email required"}],
        "owner@example.com",
        ["delivered"],
    ]
    assert [(message.subject, message.envelope.recipients) for message in mockmail.inbox] == [
        ("Hello Jane", ("jane@example.org",)),
        ("Hello Jane", ("a@example.org",)),
        ("Hello Jane", ("b@example.org",)),
    ]
    assert [(found.filename, found.content) for found in mockmail.inbox[0].attachments] == [("a.txt", b"hello")]
