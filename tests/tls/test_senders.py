"""What people send mail with: each logs in after STARTTLS, and sends 20 MB, and lines that end in any way."""

from __future__ import annotations

import shutil
from email.message import EmailMessage
from pathlib import Path

import pytest

LARGE = bytes(range(256)) * (20 * 4096)
"""An attachment of 20 MB."""

LINES = ["one", "two", "three", ".", "..four", "five"]
MIXED_ENDS = b"From: shop@example.com\nTo: jane@example.com\nSubject: Lines\n\none\ntwo\r\nthree\n.\n..four\r\nfive\n"

PHPMAILER = Path("/usr/share/php/libphp-phpmailer/src")
PHP = f"""
foreach (["Exception", "SMTP", "PHPMailer"] as $name) require "{PHPMAILER}/$name.php";
[, $port, $ca, $file] = $argv;
$mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
$mail->isSMTP();
[$mail->Host, $mail->Port, $mail->SMTPAuth, $mail->SMTPSecure] = ["localhost", (int) $port, true, "tls"];
[$mail->Username, $mail->Password, $mail->SMTPOptions] = ["jane", "secret", ["ssl" => ["cafile" => $ca]]];
$mail->setFrom("shop@example.com");
$mail->addAddress("jane@example.com");
[$mail->Subject, $mail->Body] = ["Welcome", "one\\ntwo\\r\\nthree\\r.\\n..four\\nfive"];
if ($file) $mail->addAttachment($file, "large.bin");
$mail->send();
"""

NODEMAILER = """
import { createTransport } from "nodemailer";
const [port, path] = ARGUMENTS;
const transport = createTransport({
  host: "localhost", port, requireTLS: true, auth: { user: "jane", pass: "secret" },
});
await transport.sendMail({
  from: "shop@example.com", to: "jane@example.com", subject: "Welcome",
  text: "one\\ntwo\\r\\nthree\\r\\n.\\n..four\\nfive",
  attachments: path ? [{ path, filename: "large.bin" }] : [],
});
transport.close();
"""


JARS = [Path("/usr/share/java", name) for name in ("jakarta-mail.jar", "jakarta-activation.jar")]
"""The files of Debian's package libjakarta-mail-java."""


def needs(program, *, where=None):
    if shutil.which(program) is None or (where is not None and not where.exists()):
        pytest.skip(f"{program if where is None else where} is not installed")


def message_file(folder, attachment):
    """Write a message for the programs that send a file."""
    file = folder / "mail.eml"
    if attachment is None:
        file.write_bytes(MIXED_ENDS)
        return file
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", "jane@example.com", "Welcome"
    mail.set_content("Hello")
    mail.add_attachment(attachment.read_bytes(), maintype="application", subtype="x-large", filename="large.bin")
    file.write_bytes(mail.as_bytes())
    return file


@pytest.fixture
def send_with(request, mockmail_in_tls, run, tmp_path):
    """Send a message, with an attachment or without, with a program of somebody else."""
    mm = mockmail_in_tls

    def by_curl(attachment):
        file = message_file(tmp_path, attachment)
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n"))  # --crlf adds a CR to each LF, also after a CR
        request.getfixturevalue("curl")(
            "--ssl-reqd", "--cacert", mm.ca_file, "--mail-from", "shop@example.com", "--mail-rcpt", "jane@example.com",
            "--user", "jane:secret", "--crlf", "--upload-file", file,
            f"smtp://localhost:{mm.smtp_port}",
        )  # fmt: skip

    def by_msmtp(attachment):
        needs("msmtp")
        with message_file(tmp_path, attachment).open("rb") as content:
            run(
                "msmtp", "--host=localhost", f"--port={mm.smtp_port}", "--tls=on", f"--tls-trust-file={mm.ca_file}",
                "--auth=plain", "--user=jane", "--passwordeval=echo secret", "--from=shop@example.com",
                "jane@example.com", stdin=content,
            )  # fmt: skip

    def by_swaks(attachment):
        if not request.getfixturevalue("swaks_with_tls"):
            pytest.skip("swaks is not installed, or not the Net::SSLeay of Perl that it needs for TLS")
        run(
            "swaks", "--server", "localhost", "--port", mm.smtp_port, "--tls", "--tls-verify",
            "--tls-ca-path", mm.ca_file, "--auth", "PLAIN", "--auth-user", "jane", "--auth-password", "secret",
            "--from", "shop@example.com", "--to", "jane@example.com", "--suppress-data",
            "--data", f"@{message_file(tmp_path, attachment)}",
        )  # fmt: skip

    def by_phpmailer(attachment):
        needs("php", where=PHPMAILER)
        run("php", "-r", PHP, "--", mm.smtp_port, mm.ca_file, attachment or "")

    def by_jakarta_mail(attachment):
        needs("javac")  # a JRE alone does not run a source file
        needs("java", where=JARS[0])
        jars = ":".join(map(str, JARS))
        source = Path(__file__).with_name("send_mail.java")
        run("java", "-cp", jars, source, mm.smtp_port, mm.ca_file, attachment or "")

    def by_nodemailer(attachment):
        arguments = repr([str(mm.smtp_port), str(attachment or "")])
        node = request.getfixturevalue("node")
        node(NODEMAILER.replace("ARGUMENTS", arguments), env={"NODE_EXTRA_CA_CERTS": mm.ca_file})

    senders = {
        "curl": by_curl,
        "msmtp": by_msmtp,
        "swaks": by_swaks,
        "PHPMailer": by_phpmailer,
        "nodemailer": by_nodemailer,
        "Jakarta Mail": by_jakarta_mail,
    }
    mm.smtp.accounts = {"jane": "secret"}
    return lambda name, attachment=None: (
        senders[name](attachment) or mm.inbox.wait_for(to="jane@example.com", timeout=60)
    )


SENDERS = ["curl", "msmtp", "swaks", "PHPMailer", "nodemailer", "Jakarta Mail"]


@pytest.mark.parametrize("sender", SENDERS)
def test_attachment_of_20_mb_arrives_after_starttls_and_a_login(send_with, sender, tmp_path):
    file = tmp_path / "large.bin"
    file.write_bytes(LARGE)

    message = send_with(sender, file)

    assert (message.envelope.auth_user, message.envelope.tls[:5]) == ("jane", "TLSv1")
    [attachment] = message.attachments
    assert (attachment.filename, attachment.content == LARGE) == ("large.bin", True)


@pytest.mark.parametrize("sender", SENDERS)
def test_lines_that_end_in_any_way_arrive_as_lines(send_with, sender):
    message = send_with(sender)

    assert message.text.rstrip("\n").split("\n") == LINES
    assert [finding.check for finding in message.checks() if finding.check in ("bare-lf", "bare-cr")] == []
