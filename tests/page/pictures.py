"""Take the pictures of docs/pictures (`make pictures`), or with `--all FOLDER` every section at every width."""

from __future__ import annotations

import shutil
import struct
import sys
import zlib
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import PIXEL, Page, deliver, open_chromium
from http_client import basic, send_request
from recording_proxy import Proxy

from mockmail import MockMail

DOCS = Path(__file__).parents[2] / "docs" / "pictures"

PEOPLE = ("jane", "li.wei", "amelie", "noor", "tomasz", "support")
SENT = (
    ("Shop <orders@shop.example>", "Your order {n} has been shipped"),
    ("Shop <orders@shop.example>", "Invoice {n}"),
    ("Accounts <accounts@app.example>", "Confirm your address"),
    ("Weekly <news@weekly.example>", "Issue {n}: nine ideas for quieter test suites"),
    ("Alerts <alerts@ops.example>", "[resolved] Disk of db-{n} is nearly full"),
    ("Amélie Dupont <amelie@example.com>", "Re: Réunion de jeudi"),
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


def live_in(mm: MockMail) -> None:
    """Send mail, requests and faults as some hours of work leave them."""
    for number in range(160):
        sender, subject = SENT[number % len(SENT)]
        message = EmailMessage()
        message["From"], message["To"] = sender, f"{PEOPLE[number % len(PEOPLE)]}@example.com"
        message["Subject"] = subject.format(n=1000 + number)
        message.set_content(f"Hello,\n\nthis is number {number}.\n")
        if number % len(SENT) in (1, 3):
            message.add_alternative(LETTER, "html")
        if number % len(SENT) == 1:
            message.add_attachment(b"%PDF-1.4", "application", "pdf", filename=f"invoice-{1000 + number}.pdf")
        deliver(mm, message)
    admin = {"Authorization": basic("admin", "changeme")}
    for name in ("jane", "noor"):
        form = {"username": f"{name}@yourdomain.com", "password": "changeme"}
        send_request(mm.url, "POST", "/atmail/admin/index.php/api/accounts/create/", form=form, headers=admin)
    send_request(mm.url, "GET", "/atmail/admin/index.php/api/users/rolelist", headers=admin)
    send_request(mm.url, "GET", "/atmail/admin/index.php/api/users/rolelst", headers=admin)
    wrong = {"Authorization": basic("admin", "secret")}
    send_request(mm.url, "GET", "/atmail/admin/index.php/api/users/rolelist", headers=wrong)
    send_request(mm.url, "GET", "/rackspace/v1/customers/12345678/domains", headers={"Accept": "application/json"})
    send_request(mm.url, "GET", "/onlyoffice/api/2.0/authentication")
    mm.faults.add("atmail", operation="account.create", status=403, times=2)
    form = {"username": "late@yourdomain.com", "password": "changeme"}
    send_request(mm.url, "POST", "/atmail/admin/index.php/api/accounts/create/", form=form, headers=admin)
    mm.faults.add("rackspace", operation="mailbox.show", transport="reset", times=3, after=1)
    mm.stubs.add(path="/hooks/delivered", text="thank you")
    mm.smtp_faults.add("rcpt", code=451, recipient="*@full.example", times=5)
    mm.faults.limit("rackspace", 60, operation="mailbox.add")
    token = {"X-Postmark-Server-Token": mm.postmark.credentials["server_token"]}
    document = {
        "From": "sender@example.com",
        "To": "jane@yourdomain.com",
        "Subject": "Welcome, Jane",
        "TextBody": "Hello!",
    }
    send_request(mm.url, "POST", "/postmark/email", json=document, headers=token)
    html = EmailMessage()
    html["From"], html["To"], html["Subject"] = (
        "Shop <accounts@shop.example>",
        "jane@yourdomain.com",
        "Reset your password",
    )
    html.set_content("Hello Jane,\n\nyour code is 482913.\n\nhttps://app.example/reset?token=8f14e45f\n")
    html.add_alternative(LETTER, "html")
    html.add_attachment(PIXEL, "image", "png", filename="logo.png")
    deliver(mm, html)


def places(mm: MockMail) -> dict[str, str]:
    newest = mm.inbox[-1].id
    create = mm.requests.find(vendor="atmail", operation="account.create")[-1].id
    unmatched = mm.requests.unmatched()[0].id
    return {
        "inbox": f"#/inbox/{newest}",
        "list": "#/inbox",
        "requests": f"#/requests/{create}",
        "unmatched": f"#/requests/{unmatched}",
        "state": "#/state/rackspace/mailboxes",
        "faults": "#/faults",
        "vendors": "#/vendors",
        "vendor": "#/vendors/atmail",
    }


def packed(png: bytes) -> bytes:
    """Return a PNG with the same pixels that takes less room: the browser compresses for speed."""
    position, chunks = 8, {}
    while position < len(png):
        length, name = struct.unpack(">I4s", png[position : position + 8])
        chunks[name] = chunks.get(name, b"") + png[position + 8 : position + 8 + length]
        position += length + 12
    width, height, _, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    pixel = {2: 3, 6: 4}[colour]
    lines, before = [], bytearray(width * pixel)
    data = zlib.decompress(chunks[b"IDAT"])
    for row in range(height):
        start = row * (width * pixel + 1)
        line = unfiltered(data[start], bytearray(data[start + 1 : start + 1 + width * pixel]), before, pixel)
        lines.append(b"\0" + b"".join(line[at : at + 3] for at in range(0, len(line), pixel)))
        before = line
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9)
    body = packer.compress(b"".join(lines)) + packer.flush()
    return png[:8] + b"".join(
        chunk(name, content) for name, content in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def unfiltered(kind: int, line: bytearray, before: bytearray, pixel: int) -> bytearray:
    """Return the bytes of a line of pixels (PNG, 9.2)."""
    for at in range(len(line) if kind else 0):
        left = line[at - pixel] if at >= pixel else 0
        corner = before[at - pixel] if at >= pixel else 0
        up = before[at]
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(guess - value))
        line[at] = (line[at] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    return line


def main(given: list[str]) -> None:
    everything = given[:1] == ["--all"]
    folder = Path(given[1]) if everything else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    proxy = Proxy()
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        raise SystemExit("the pictures need chromium and chromedriver (Debian: chromium, chromium-driver)")
    browser = open_chromium(chromium, driver, proxy.port)
    with MockMail() as mm:
        proxy.target = mm.url
        page = Page(browser, mm.url, proxy)
        if everything:
            page.open()
            page.see("h2", "No mail yet")
            page.picture(folder / "empty.png")
        live_in(mm)
        for name, place in places(mm).items():
            for width in (1440, 900, 360) if everything else (1120,):
                for scheme in ("light", "dark"):
                    if not everything and (
                        name in ("list", "unmatched", "vendor") or (scheme == "dark") != (name == "requests")
                    ):
                        continue
                    page.resize(width, 740 if everything else 620)
                    page.colours(scheme)
                    page.driver.get("about:blank")
                    page.open(place)
                    page.see("article h2, .page h2, .rows li")
                    page.wait(lambda: "…" not in [element.text for element in page.all(".page, pre")])
                    page.script("return new Promise((done) => setTimeout(done, 150))")
                    file = folder / (f"{name}-{width}-{scheme}.png" if everything else f"{name}.png")
                    page.picture(file)
                    if not everything:
                        file.write_bytes(packed(file.read_bytes()))
    browser.quit()
    proxy.close()


if __name__ == "__main__":
    main(sys.argv[1:])
