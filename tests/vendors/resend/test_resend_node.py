"""Resend driven by its own client for Node."""

from __future__ import annotations

import os

from node_packages import needs_packages, printed_by

pytestmark = needs_packages("resend")

SCRIPT = """
const { Resend } = require("resend");
const resend = new Resend(process.env.RESEND_API_KEY);
const mail = { from: "App <app@example.com>", to: ["jane@example.org"], subject: "Hello", text: "x" };
const print = (value) => console.log(JSON.stringify(value));

(async () => {
  const sent = await resend.emails.send(
    {
      ...mail,
      html: "<b>x</b>",
      replyTo: "help@example.com",
      tags: [{ name: "category", value: "welcome" }],
      attachments: [{ filename: "a.txt", content: Buffer.from("hello") }],
    },
    { idempotencyKey: "welcome/7" },
  );
  print(sent.data.id);
  print((await resend.emails.get(sent.data.id)).data.last_event);
  print((await resend.batch.send([mail, { ...mail, to: "bob@example.org" }])).data.data.length);
  print((await resend.emails.send({ ...mail, to: [] })).error);
  const later = await resend.emails.send({ ...mail, scheduledAt: "in 1 hour" });
  print((await resend.emails.cancel(later.data.id)).data.object);
  const template = await resend.templates.create({
    name: "order",
    html: "<p>{{{PRODUCT}}}</p>",
    variables: [{ key: "PRODUCT", type: "string", fallbackValue: "item" }],
  });
  await resend.templates.publish(template.data.id);
  await resend.emails.send({ ...mail, text: undefined, template: { id: template.data.id, variables: {} } });
  print((await resend.domains.list()).data.data.map((domain) => domain.name));
  print((await resend.emails.list({ limit: 1 })).data.has_more);
})();
"""


def test_client_for_node_sends_reads_schedules_and_sees_errors(mockmail):
    printed = printed_by(SCRIPT, os.environ | dict(mockmail.resend.environment))

    assert printed[1:] == [
        "delivered",
        2,
        {"statusCode": 422, "name": "missing_required_field", "message": "Missing `to` field."},
        "email",
        ["example.com"],
        True,
    ]
    assert [message.envelope.recipients for message in mockmail.inbox] == [
        ("jane@example.org",),
        ("jane@example.org",),
        ("bob@example.org",),
        ("jane@example.org",),
    ]
    first = mockmail.inbox[0]
    assert [(found.filename, found.content) for found in first.attachments] == [("a.txt", b"hello")]
    assert first.headers["Reply-To"] == "help@example.com"
    assert mockmail.inbox[-1].html.strip() == "<p>item</p>"
