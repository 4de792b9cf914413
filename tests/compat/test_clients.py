"""The clients that other people wrote for Mailpit and MailHog work with mockmail."""

from __future__ import annotations

import smtplib
from urllib.parse import urlsplit

import pytest

MAILPIT = """
const { MailpitClient } = require("mailpit-api");
const mailpit = new MailpitClient(process.env.MAILPIT_URL);
(async () => {
  const said = {};
  const refused = (call) => call.then(() => "accepted", (error) => error.message);
  const waiting = mailpit.waitForMessage({ query: "subject:Welcome" }, { timeout: 20000, interval: 20 });
  said.sent = await mailpit.sendMessage({
    From: { Email: "shop@example.com", Name: "Shop" },
    To: [{ Email: "jane@example.com", Name: "Doe, Jane" }],
    Bcc: ["hidden@example.com"],
    Subject: "Welcome, Jürgen",
    Text: "Hello",
    HTML: "<p>Hello <img src='cid:logo'></p>",
    Tags: ["first", "two words"],
    Attachments: [
      { Content: "aGVsbG8=", Filename: "logo.png", ContentType: "image/png", ContentID: "logo" },
      { Content: "JVBERg==", Filename: "invoice.pdf" },
    ],
  });
  said.waited = await waiting;
  said.waitedFor = await mailpit.waitForMessages({ query: "to:jane@example.com", count: 1 });
  said.none = await refused(mailpit.waitForMessage({ query: "subject:Other" }, { timeout: 60, interval: 20 }));
  said.list = await mailpit.listMessages(0, 10);
  said.headers = await mailpit.getMessageHeaders();
  said.source = await mailpit.getMessageSource();
  const part = await mailpit.getMessageAttachment("latest", said.waited.Attachments[0].PartID);
  said.part = [part.type, await part.text()];
  said.html = await mailpit.renderMessageHTML();
  said.text = await mailpit.renderMessageText(said.sent.ID);
  await mailpit.setReadStatus({ IDs: [said.sent.ID], Read: false });
  said.unread = await mailpit.searchMessages({ query: 'is:unread tag:"two words"' });
  await mailpit.setReadStatus({ Search: "tag:first", Read: true });
  said.read = (await mailpit.searchMessages({ query: "is:read" })).messages_count;
  said.tags = [await mailpit.getTags()];
  await mailpit.renameTag("two words", "three");
  await mailpit.deleteTag("first");
  said.tags.push(await mailpit.getTags());
  await mailpit.setTags({ IDs: [said.sent.ID], Tags: ["last"] });
  said.tags.push(await mailpit.getTags());
  said.info = await mailpit.getInfo();
  said.configuration = await mailpit.getConfiguration();
  said.chaos = [await mailpit.setChaosTriggers({ Sender: { ErrorCode: 452, Probability: 100 } })];
  said.chaos.push(await mailpit.getChaosTriggers());
  said.chaos.push(await mailpit.setChaosTriggers());
  said.refused = {
    thumbnail: await refused(mailpit.getAttachmentThumbnail(said.sent.ID, "2")),
    release: await refused(mailpit.releaseMessage(said.sent.ID, ["jane@example.com"])),
    html: await refused(mailpit.htmlCheck()),
    links: await refused(mailpit.linkCheck()),
    spam: await refused(mailpit.spamAssassinCheck()),
    search: await refused(mailpit.searchMessages({ query: "color:red" })),
    message: await refused(mailpit.getMessageSummary("none")),
  };
  await mailpit.deleteMessagesBySearch({ query: "subject:other" });
  said.left = [(await mailpit.listMessages()).total];
  await mailpit.deleteMessagesBySearch({ query: "subject:welcome" });
  said.left.push((await mailpit.listMessages()).total);
  await mailpit.deleteMessages();
  console.log(JSON.stringify(said));
})();
"""

MAILHOG = """
const mailhog = require("mailhog")({ host: process.env.MAILHOG_HOST, port: process.env.MAILHOG_PORT });
(async () => {
  const all = await mailhog.messages(0, 10);
  const [newest] = all.items;
  const said = {
    total: all.total,
    mail: [newest.subject, newest.text, newest.html, newest.from, newest.to],
    files: all.items[1].attachments.map((file) => [file.name, file.type, mailhog.decode(file.Body, file.encoding)]),
    from: (await mailhog.latestFrom("shop@example.com")).ID,
    to: (await mailhog.latestTo("jane@example.com")).ID,
    containing: (await mailhog.latestContaining("Invoice")).ID,
    none: await mailhog.latestTo("nobody@example.com"),
  };
  said.deleted = (await mailhog.deleteMessage(newest.ID)).statusCode;
  said.left = (await mailhog.messages()).total;
  said.cleared = (await mailhog.deleteAll()).statusCode;
  said.end = (await mailhog.messages()).total;
  console.log(JSON.stringify(said));
})();
"""

CYPRESS_MAIL = {
    "Attachments": [],
    "Bcc": ["bcc@example.com"],
    "Cc": [{"Email": "cc@example.com", "Name": "CC"}],
    "From": {"Email": "from@example.com", "Name": "From"},
    "HTML": "<p>hello from mailpit</p>",
    "Headers": {},
    "ReplyTo": [{"Email": "replyto@example.com", "Name": "ReplyTo"}],
    "Subject": "Hello Mailpit",
    "Tags": [],
    "Text": "hello from mailpit",
    "To": [{"Email": "jane@example.com", "Name": "Jane"}],
}


def test_every_call_of_mailpit_api_works_or_is_refused_with_the_reason(mockmail, run_node):
    said = run_node("mailpit-api", MAILPIT, {"MAILPIT_URL": mockmail.url})

    waited = said["waited"]
    assert waited["ID"] == said["sent"]["ID"]
    assert waited["Subject"] == "Welcome, Jürgen"
    assert waited["To"] == [{"Name": "Doe, Jane", "Address": "jane@example.com"}]
    assert waited["Bcc"] == [{"Name": "", "Address": "hidden@example.com"}]
    assert [file["FileName"] for file in waited["Attachments"]] == ["invoice.pdf"]
    assert [file["ContentID"] for file in waited["Inline"]] == ["logo"]
    assert said["waitedFor"]["messages_count"] == 1
    assert said["none"].startswith("Timeout waiting for messages")
    assert [message["Read"] for message in said["list"]["messages"]] == [True]
    assert said["headers"]["From"] == ["Shop <shop@example.com>"]
    assert said["source"].startswith("From: Shop <shop@example.com>\r\n")
    assert said["part"] == ["application/pdf", "%PDF"]
    assert "data:image/png;base64,aGVsbG8=" in said["html"]
    assert said["text"] == "Hello\n"
    assert (said["unread"]["messages_count"], said["read"]) == (1, 1)
    assert said["tags"] == [["first", "two words"], ["three"], ["last"]]
    assert (said["info"]["Messages"], said["info"]["Tags"]) == (1, {"last": 1})
    assert said["configuration"]["MessageRelay"]["Enabled"] is False
    assert [triggers["Sender"]["Probability"] for triggers in said["chaos"]] == [100, 100, 0]
    assert said["left"] == [1, 0]
    wanted = {
        "thumbnail": (501, "thumbnails are not emulated"),
        "release": (501, "no mail leaves mockmail"),
        "html": (501, "html-check is not emulated"),
        "links": (501, "link-check is not emulated"),
        "spam": (501, "there is no SpamAssassin"),
        "search": (400, "'color' at character 1 is not a field"),
        "message": (404, "there is no message 'none'"),
    }
    for name, (status, reason) in wanted.items():
        assert said["refused"][name].startswith(f"Mailpit API Error: {status} ")
        assert reason in said["refused"][name]


def test_mailpit_api_works_in_a_sandbox_and_with_a_token(run_node, tmp_path):
    from mockmail import MockMail
    from mockmail.control.guard import Guard
    from mockmail.server.server import ServerSettings

    script = """
    const { MailpitClient } = require("mailpit-api");
    const auth = { username: "any", password: "secret" };
    const mailpit = new MailpitClient(process.env.MAILPIT_URL + "/~mine/", { auth });
    mailpit.sendMessage({ From: { Email: "shop@example.com" }, To: [{ Email: "jane@example.com" }], Subject: "Hi" })
      .then(() => mailpit.listMessages()).then((list) => console.log(JSON.stringify(list.total)));
    """
    with MockMail(settings=ServerSettings(guard=Guard(token="secret"))) as mm:
        assert run_node("mailpit-api", script, {"MAILPIT_URL": mm.url}) == 1
        assert len(mm.server.sandboxes.get("mine").mail) == 1
        assert len(mm.server.sandboxes.get().mail) == 0


def test_every_call_of_the_mailhog_package_of_npm_works(mockmail, deliver, run_node):
    invoice = deliver("Invoice", files={"invoice.pdf": b"%PDF"})
    newest = deliver("Grüße", html="<p>Hello</p>", text="Grüße, Jane")
    url = urlsplit(mockmail.url)

    said = run_node("mailhog", MAILHOG, {"MAILHOG_HOST": url.hostname, "MAILHOG_PORT": str(url.port)})

    subject, text, html, sender, recipient = said["mail"]
    assert (said["total"], subject, text.strip(), html.strip()) == (2, "Grüße", "Grüße, Jane", "<p>Hello</p>")
    assert (sender, recipient) == ("Shop <shop@example.com>", '"Doe, Jane" <jane@example.com>')
    assert said["files"] == [["invoice.pdf", "application/pdf", "%PDF"]]
    assert (said["from"], said["to"], said["containing"]) == (newest, newest, invoice)
    assert said["none"] == 0
    assert (said["deleted"], said["left"], said["cleared"], said["end"]) == (200, 1, 200, 0)


def test_every_call_of_the_mailhog_package_of_pypi_works(mockmail, deliver):
    deliver("First")
    deliver("Second", html="<p>Hello</p>", files={"invoice.pdf": b"%PDF"})
    url = urlsplit(mockmail.url)
    mailhog = pytest.importorskip("mailhog", reason="mailhog cannot be imported on Python 3.13 and later")
    client = mailhog.Mailhog(url.hostname, url.port)

    newest, oldest = client.messages().items

    assert (newest.get_subject(), newest.get_sender()) == ("Second", "bounce@example.com")
    assert newest.get_recipients() == ["jane@example.com"]
    assert [len(newest.mime.parts), oldest.mime] == [2, None]
    assert [client.search("Second").total, client.search("jane@example.com", kind="to").total] == [1, 2]
    client.delete(newest)
    assert [message.get_subject() for message in client.messages(limit=1).items] == ["First"]
    client.delete_all()
    assert client.messages().total == 0


def test_the_requests_of_cypress_mailpit_work(ask):
    sent = ask("POST", "/api/v1/send", json=CYPRESS_MAIL).json

    found = ask("GET", "/api/v1/search?query=subject%3AHello%20Mailpit&start=0&limit=50").json
    message = ask("GET", "/api/v1/message/latest").json

    assert (found["messages_count"], found["messages"][0]["ID"]) == (1, sent["ID"])
    assert [message["To"][0]["Address"], message["From"]["Address"]] == ["jane@example.com", "from@example.com"]
    assert "hello from mailpit" in ask("GET", f"/view/{sent['ID']}.html").text
    assert ask("GET", f"/view/{sent['ID']}.txt").text == "hello from mailpit\n"
    assert ask("PUT", "/api/v1/messages", json={"IDs": [], "Read": True}).text == "ok"
    assert ask("GET", "/api/v1/messages?start=0&limit=50").json["unread"] == 0
    assert ask("GET", f"/api/v1/message/{sent['ID']}/sa-check").status == 501
    assert ask("DELETE", "/api/v1/search?query=to%3Ajane%40example.com").text == "ok"
    assert ask("DELETE", "/api/v1/messages").status == 200


@pytest.mark.parametrize("stage", ["Sender", "Recipient"])
def test_chaos_makes_smtp_fail_with_the_code(mockmail, ask, deliver, stage):
    ask("PUT", "/api/v1/chaos", json={stage: {"ErrorCode": 471, "Probability": 100}})

    with pytest.raises(
        (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused), match=f"Chaos {stage.lower()} error"
    ):
        deliver()
    ask("PUT", "/api/v1/chaos", json={})
    deliver()
