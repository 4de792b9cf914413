"""SendGrid driven by its own clients for Node."""

from __future__ import annotations

import json
import os

from node_packages import needs_packages, printed_by
from webhook_receiver import Receiver

pytestmark = needs_packages("@sendgrid/mail")

SEND = """
const sgMail = require("@sendgrid/mail");
sgMail.setApiKey(process.env.SENDGRID_API_KEY);
sgMail.client.setDefaultRequest("baseUrl", process.env.SENDGRID_BASE_URL);
const mail = { from: "App <app@example.com>", to: "jane@example.org", subject: "Hello", text: "x" };
const print = (value) => console.log(JSON.stringify(value));

(async () => {
  const attachments = [{ content: Buffer.from("hello").toString("base64"), filename: "a.txt", type: "text/plain" }];
  const [response] = await sgMail.send({ ...mail, html: "<b>x</b>", replyTo: "help@example.com", attachments });
  print(response.statusCode);
  await sgMail.sendMultiple({ ...mail, to: ["jane@example.org", "bob@example.org"], categories: ["welcome"] });
  const [sandbox] = await sgMail.send({ ...mail, mailSettings: { sandboxMode: { enable: true } } });
  print(sandbox.statusCode);
  const other = { ...mail, from: "app@elsewhere.org" };
  await sgMail.send(other).catch((error) => print(error.response.body.errors[0].field));
  sgMail.setApiKey("SG.unknown");
  sgMail.client.setDefaultRequest("baseUrl", process.env.SENDGRID_BASE_URL);
  await sgMail.send(mail).catch((error) => print(error.code));
})();
"""

VERIFY = """
const { EventWebhook } = require("@sendgrid/eventwebhook");
const { key, body, signature, timestamp } = JSON.parse(process.env.REQUEST);
const webhook = new EventWebhook();
console.log(webhook.verifySignature(webhook.convertPublicKeyToECDSA(key), body, signature, timestamp));
"""


def run(script, **more):
    return printed_by(script, os.environ | more)


def test_client_for_node_sends_and_sees_errors(mockmail):
    printed = run(SEND, **mockmail.sendgrid.environment)

    assert printed == [202, 200, "from", 401]
    assert [message.envelope.recipients for message in mockmail.inbox] == [
        ("jane@example.org",),
        ("jane@example.org",),
        ("bob@example.org",),
    ]
    first = mockmail.inbox[0]
    assert [(found.filename, found.content) for found in first.attachments] == [("a.txt", b"hello")]
    assert first.headers["Reply-To"] == "help@example.com"


def test_verifier_for_node_accepts_a_webhook(mockmail, call, post):
    receiver, settings = Receiver(), "/v3/user/webhooks/event/settings"
    try:
        webhook = post(settings, {"url": receiver.url, "enabled": True, "delivered": True}).json
        key = call("PATCH", f"{settings}/signed/{webhook['id']}", {"enabled": True}).json["public_key"]
        run(SEND, **mockmail.sendgrid.environment)
        _, headers, body = receiver.received.get(timeout=30)
    finally:
        receiver.close()
    names = {"signature": "Signature", "timestamp": "Timestamp"}
    signed = {name: headers[f"X-Twilio-Email-Event-Webhook-{header}"] for name, header in names.items()}

    assert run(VERIFY, REQUEST=json.dumps({"key": key, "body": body.decode(), **signed})) == [True]
