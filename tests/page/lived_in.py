"""Some days of work on a server, for the pictures: mail of many kinds, requests to many vendors, faults and stubs."""

from __future__ import annotations

import json
import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from browser import PIXEL, deliver
from http_client import basic, send_request

from mockmail import MockMail

MESSAGES = 200
BETWEEN = timedelta(minutes=23)
PEOPLE = ("jane", "li.wei", "amelie", "noor", "tomasz", "support")
SENT = (
    ("Shop <orders@shop.example>", "Your order {n} has been shipped", "letter"),
    ("Weekly <news@weekly.example>", "Issue {n}: nine ideas for quieter test suites", "newsletter"),
    ("Shop <orders@shop.example>", "Receipt {n}", "receipt"),
    ("Accounts <accounts@app.example>", "Confirm your address", "text"),
    ("Alerts <alerts@ops.example>", "[resolved] Disk of db-{n} is nearly full", "text"),
    ("Amélie Dupont <amelie@example.com>", "Re: Réunion de jeudi", "text"),
    ("Магазин <shop@пример.example>", "Ваш заказ №{n} отправлен", "letter"),
    ("Accounts <accounts@app.example>", "Reset your password", "letter"),
    ("המשרד <office@example.org>", "אישור הזמנה {n}", "text"),
    ("Build <ci@build.example>", "Build {n} of mail-templates/main failed: 3 of 1,204 tests in two suites", "report"),
    ('"Novák, Jiří" <jiri@example.net>', "Fwd: Fotografie z porady", "photos"),
    ("Calendar <invite@calendar.example>", "Invitation: Planning, week {n}", "invitation"),
)

LETTER = """<html><body style="margin:0;background:#eef1f5;font-family:Helvetica,Arial,sans-serif">
<table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
<table width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#fff">
<tr><td style="padding:22px 28px;background:#12355b;color:#fff;font-size:20px">Shop</td></tr>
<tr><td style="padding:26px 28px;color:#223;font-size:15px;line-height:1.5">
<h1 style="font-size:22px;margin:0 0 12px">Reset your password</h1>
<p>Hello Jane,</p><p>somebody, we hope you, asked for a new password. The code is <b>482913</b>.
It is good for 30 minutes.</p>
<p><a href="https://app.example/reset?token=8f14e45f" style="display:inline-block;background:#1f7a4d;
color:#fff;padding:11px 20px;border-radius:6px;text-decoration:none">Choose a new password</a></p>
<p style="color:#667">If it was not you, you need to do nothing.</p>
</td></tr></table></td></tr></table></body></html>"""

STORY = (
    '<td width="50%" style="padding:14px"><h3>{n}. Wait for the event, not for the clock</h3><p>Lorem ipsum.</p></td>'
)
NEWSLETTER = (
    '<html><body style="font-family:Georgia,serif"><h1>Weekly</h1><img src="cid:masthead@weekly.example">'
    '<img src="https://pixel.example/open.gif" width="1" height="1"><table width="600">'
    + "".join(f"<tr>{STORY.format(n=n)}{STORY.format(n=n + 1)}</tr>" for n in range(1, 9, 2))
    + '</table><p><a href="https://weekly.example/unsubscribe?u=1">Unsubscribe</a></p></body></html>'
)
INVITATION = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Planning\r\nEND:VEVENT\r\n"

ADMIN = {"Authorization": basic("admin", "changeme")}
CREATE = "/atmail/admin/index.php/api/accounts/create/"


def live_in(mm: MockMail) -> None:
    """Send mail, requests and faults as some days of work leave them."""
    now = datetime.now(UTC)
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "app.example", timeout=20) as smtp:
        for number in range(MESSAGES):
            mm.clock.set(now - (MESSAGES - number) * BETWEEN)
            smtp.send_message(letter(number))
    for vendor in ("sendgrid", "mailgun", "brevo", "resend"):
        mm.clock.advance(60)
        send_examples(mm, vendor)
    mm.clock.set(datetime.now(UTC))
    administer(mm)
    arrange_faults(mm)
    send_examples(mm, "postmark")
    deliver(mm, newest())


def letter(number: int) -> EmailMessage:
    sender, subject, kind = SENT[number % len(SENT)]
    message = EmailMessage()
    message["From"], message["To"] = sender, f"{PEOPLE[number % len(PEOPLE)]}@example.com"
    message["Subject"] = subject.format(n=1000 + number)
    message["Date"] = datetime(2024, 1, 1, tzinfo=UTC)
    if number % 9 == 0:
        message["Cc"] = "Board <board@example.com>, audit@example.com"
    message.set_content(f"Hello,\n\nthis is number {number}. See https://app.example/{number}.\n")
    if kind in ("letter", "receipt"):
        message.add_alternative(LETTER, "html")
    if kind == "receipt":
        message.add_attachment(b"%PDF-1.4" * 900, "application", "pdf", filename=f"receipt-{1000 + number}.pdf")
    if kind == "newsletter":
        message["List-Unsubscribe"] = "<https://weekly.example/unsubscribe?u=1>"
        message.add_alternative(NEWSLETTER, "html")
        message.get_payload()[1].add_related(PIXEL, "image", "png", cid="<masthead@weekly.example>")
    if kind == "report":
        message.add_attachment(b"ok\n" * 5000, "text", "plain", filename="build.log")
    if kind == "photos":
        for name in ("Tabule.png", "写真.png"):
            message.add_attachment(PIXEL * 3000, "image", "png", filename=name)
    if kind == "invitation":
        message.add_alternative(INVITATION, "calendar")
    return message


def newest() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "Shop <accounts@shop.example>", "jane@yourdomain.com"
    message["Subject"] = "Reset your password"
    message.set_content("Hello Jane,\n\nyour code is 482913.\n\nhttps://app.example/reset?token=8f14e45f\n")
    message.add_alternative(LETTER, "html")
    message.add_attachment(PIXEL, "image", "png", filename="logo.png")
    return message


def send_examples(mm: MockMail, vendor: str) -> None:
    """Send the first example of a vendor that causes mail, and three others."""
    found = json.loads(send_request(mm.url, "GET", f"/_mockmail/vendors/{vendor}/examples").body)["examples"]
    ready = [example for example in found if not example["after"]]
    sending = [example for example in ready if "send" in example["operation"]][:1]
    for example in (*sending, *[example for example in ready if example not in sending][:3]):
        headers, body = example["headers"], example["body"]
        send_request(mm.url, example["method"], f"/{vendor}{example['path']}", body.encode(), headers=headers)


def administer(mm: MockMail) -> None:
    for name in ("jane", "noor"):
        form = {"username": f"{name}@yourdomain.com", "password": "changeme"}
        send_request(mm.url, "POST", CREATE, form=form, headers=ADMIN)
    send_request(mm.url, "GET", "/atmail/admin/index.php/api/users/rolelist", headers=ADMIN)
    send_request(mm.url, "GET", "/atmail/admin/index.php/api/users/rolelst", headers=ADMIN)
    wrong = {"Authorization": basic("admin", "secret")}
    send_request(mm.url, "GET", "/atmail/admin/index.php/api/users/rolelist", headers=wrong)
    send_request(mm.url, "GET", "/rackspace/v1/customers/12345678/domains", headers={"Accept": "application/json"})
    send_request(mm.url, "GET", "/onlyoffice/api/2.0/authentication")


def arrange_faults(mm: MockMail) -> None:
    mm.faults.add("atmail", operation="account.create", status=403, times=2)
    form = {"username": "late@yourdomain.com", "password": "changeme"}
    send_request(mm.url, "POST", CREATE, form=form, headers=ADMIN)
    mm.faults.add("rackspace", operation="mailbox.show", transport="reset", times=3, after=1)
    mm.stubs.add(path="/hooks/delivered", text="thank you")
    mm.smtp_faults.add("rcpt", code=451, recipient="*@full.example", times=5)
    mm.faults.limit("rackspace", 60, operation="mailbox.add")
