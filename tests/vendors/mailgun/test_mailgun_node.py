"""Mailgun driven by its own client for Node, and by the transport of nodemailer."""

from __future__ import annotations

import os

from node_packages import needs_packages, printed_by

pytestmark = needs_packages("mailgun.js", "nodemailer-mailgun-transport")

SCRIPT = """
const Mailgun = require("mailgun.js").default || require("mailgun.js");
const url = process.env.MAILGUN_API_URL, key = process.env.MAILGUN_API_KEY, domain = process.env.MAILGUN_DOMAIN;
const mailgun = new Mailgun(FormData).client({ username: "api", key, url });
const mail = { from: "App <app@example.com>", to: ["jane@example.org"], subject: "Hello", text: "x" };
const print = (value) => console.log(JSON.stringify(value));

(async () => {
  const sent = await mailgun.messages.create(domain, {
    ...mail,
    "o:tag": ["welcome", "first"],
    "v:user": "7",
    attachment: { filename: "a.txt", data: Buffer.from("hello") },
  });
  print([sent.status, sent.message]);
  const events = await mailgun.events.get(domain, { event: "delivered" });
  print([events.items[0].recipient, events.items[0].tags]);
  await mailgun.messages.create(domain, { ...mail, to: "" }).catch((error) => print([error.status, error.details]));
  await mailgun.messages.create(domain, {
    to: "bob@example.org",
    message: "From: app@example.com\\r\\nTo: bob@example.org\\r\\nSubject: Raw\\r\\n\\r\\nx\\r\\n",
  });
  print((await mailgun.suppressions.create(domain, "bounces", [{ address: "carol@example.org" }])).message);
  print((await mailgun.suppressions.list(domain, "bounces")).items.map((item) => item.address));
  await mailgun.domains.domainTemplates.create(domain, {
    name: "order",
    description: "",
    template: "<i>{{item}}</i>",
  });
  const values = { template: "order", "t:variables": '{"item": "Tea"}' };
  await mailgun.messages.create(domain, { ...mail, text: undefined, ...values });
  print((await mailgun.webhooks.create(domain, "opened", "http://127.0.0.1:9/hook")).urls);
})();
"""

TRANSPORT = """
const nodemailer = require("nodemailer");
const transport = require("nodemailer-mailgun-transport");
const auth = { api_key: process.env.MAILGUN_API_KEY, domain: process.env.MAILGUN_DOMAIN };
nodemailer
  .createTransport(transport({ auth, url: process.env.MAILGUN_API_URL }))
  .sendMail({ from: "app@example.com", to: "jane@example.org", subject: "Hello", text: "x", html: "<b>x</b>" })
  .then((info) => console.log(JSON.stringify(info.message)));
"""


def run(mockmail, script):
    return printed_by(script, os.environ | dict(mockmail.mailgun.environment))


def test_client_for_node_sends_reads_and_sees_errors(mockmail):
    assert run(mockmail, SCRIPT) == [
        [200, "Queued. Thank you."],
        ["jane@example.org", ["welcome", "first"]],
        [400, "'to' parameter is missing"],
        "1 addresses have been added to the bounces table",
        ["carol@example.org"],
        ["http://127.0.0.1:9/hook"],
    ]
    first, raw, templated = mockmail.inbox
    assert [(each.filename, each.content) for each in first.attachments] == [("a.txt", b"hello")]
    assert raw.subject == "Raw"
    assert templated.html.strip() == "<i>Tea</i>"


def test_nodemailer_sends_by_its_transport(mockmail):
    assert run(mockmail, TRANSPORT) == ["Queued. Thank you."]
    assert mockmail.inbox[0].html.strip() == "<b>x</b>"
