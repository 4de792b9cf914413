"""Postmark driven by its own client for Node."""

from __future__ import annotations

import os

from node_packages import needs_packages, printed_by

pytestmark = needs_packages("postmark")

SCRIPT = """
const postmark = require("postmark");
const { host, pathname } = new URL(process.env.POSTMARK_API_URL);
const options = { requestHost: host + pathname, useHttps: false };
const client = new postmark.ServerClient(process.env.POSTMARK_SERVER_TOKEN, options);
const account = new postmark.AccountClient(process.env.POSTMARK_ACCOUNT_TOKEN, options);
const mail = { From: "App <app@example.com>", To: "jane@example.org", Subject: "Hello", TextBody: "x" };
const print = (value) => console.log(JSON.stringify(value));

(async () => {
  const content = Buffer.from("hello").toString("base64");
  const sent = await client.sendEmail({
    ...mail,
    HtmlBody: "<b>x</b>",
    Tag: "welcome",
    Metadata: { user: "7" },
    Attachments: [new postmark.Attachment("a.txt", content, "text/plain")],
  });
  print([sent.ErrorCode, (await client.getOutboundMessageDetails(sent.MessageID)).Tag]);
  print((await client.sendEmailBatch([mail, { ...mail, To: "bob@example.org" }])).map((each) => each.ErrorCode));
  try {
    await client.sendEmail({ ...mail, From: "app@elsewhere.org" });
  } catch (error) {
    print([error.name, error.statusCode, error.code]);
  }
  const template = await client.createTemplate({ Name: "order", Subject: "For {{name}}", TextBody: "Dear {{name}}" });
  await client.sendEmailWithTemplate({
    From: "app@example.com",
    To: "jane@example.org",
    TemplateId: template.TemplateId,
    TemplateModel: { name: "Jane" },
  });
  const hook = await client.createWebhook({ Url: "http://127.0.0.1:9/hook", Triggers: { Bounce: { Enabled: true } } });
  print((await client.getWebhook(hook.ID)).Url);
  print((await account.getServers()).TotalCount);
})();
"""


def test_client_for_node_sends_reads_and_sees_errors(mockmail):
    printed = printed_by(SCRIPT, os.environ | dict(mockmail.postmark.environment))

    assert printed == [
        [0, "welcome"],
        [0, 0],
        ["ApiInputError", 422, 400],
        "http://127.0.0.1:9/hook",
        1,
    ]
    assert [message.subject for message in mockmail.inbox] == ["Hello", "Hello", "Hello", "For Jane"]
    first = mockmail.inbox[0]
    assert [(found.filename, found.content) for found in first.attachments] == [("a.txt", b"hello")]
