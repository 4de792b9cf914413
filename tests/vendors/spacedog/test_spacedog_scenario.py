"""SpaceDog's integration tests, step by step (docs/wire/spacedog.md 9).

MailResourceTest, MailTemplateResourceTest, CredentialsResourceTest, and CredentialsResourceTestOften of the watchdog.
"""

from __future__ import annotations

TO, SUBJECT, TEXT = "platform@spacedog.io", "SpaceDog Email Test ...", "So don't bother read this!"
SMTP = {
    "host": "mail.gandi.net",
    "startTlsRequired": False,
    "sslOnConnect": True,
    "login": "david@spacedog.io",
    "password": "secret",
}


def test_mails_are_sent_by_each_provider(mockmail, superadmin, guest, smtp, sent):
    vince = guest.sign_up("fred", "hi fred")
    smtp.accounts = {"david@spacedog.io": "secret"}

    # by default users can not send emails
    assert vince.mail(to=TO, subject=SUBJECT, text=TEXT).refused == (
        403,
        "[USER][fred] has insufficient credentials",
        "403",
    )

    # admin emails a simple text message
    answer = superadmin.mail(to=TO, subject=SUBJECT, text=TEXT)
    assert answer.status == 200
    message = sent()
    assert answer.json == {
        "success": True,
        "status": 200,
        "mailgun": {"id": message["Message-ID"], "message": "Queued. Thank you."},
    }
    assert message["From"] == "TEST <no-reply@api.spacedog.io>"
    assert message["To"] == TO
    assert message.get_content() == (
        "So don't bother read this!\n\n---\n"
        "This is an automatic email sent by the [TEST] application.\n"
        "Contact your administrator for more information.\n"
    )

    # admin allows users to send emails, and now vince can email a simple html message
    superadmin.settings(enableUserFullAccess=True)
    html = "<html><h1>So don't bother read this!</h1></html>"
    assert vince.mail(to=TO, subject=SUBJECT, html=html).status == 200
    assert sent(2).get_content() == (
        "<html><h1>So don't bother read this!</h1><p><p>---<p>This is an automatic email sent by the [TEST] "
        "application.<p>Contact your administrator for more information.</html>\n"
    )

    # no 'to' field; no html end tag
    answer = vince.mail(subject=SUBJECT, text=TEXT)
    assert (answer.status, answer.json["mailgun"]) == (400, {"message": "'to' parameter is missing"})
    assert vince.mail(to=TO, subject=SUBJECT, html="<html><h1>XXX</h1>").refused == (400, "no html end tag", None)

    # mailgun key is invalid
    superadmin.settings(enableUserFullAccess=True, mailgun={"domain": "api.spacedog.io", "key": "123456789"})
    answer = superadmin.mail(from_="david@spacedog.io", to=TO, subject=SUBJECT, text=TEXT)
    assert answer.status == 401
    assert answer.json == {"success": False, "status": 401, "mailgun": "Forbidden"}
    assert len(mockmail.inbox) == 2

    # vince emails a text message via smtp
    superadmin.settings(enableUserFullAccess=True, smtp=SMTP)
    answer = vince.mail(from_="david@spacedog.io", to=TO, subject=SUBJECT, text=TEXT)
    assert (answer.status, list(answer.json)) == (200, ["messageId"])
    assert sent(3)["Message-ID"] == answer.json["messageId"]
    assert mockmail.inbox[-1].envelope.auth_user == "david@spacedog.io"
    assert mockmail.inbox[-1].sent_by.relay == "mail.gandi.net:465"

    # vince emails an html message via smtp
    answer = vince.mail(from_="david@spacedog.io", to=TO, subject=SUBJECT, html="<html><p>é</p></html>", text=TEXT)
    assert answer.status == 200
    message = sent(4)
    assert message["Message-ID"] == answer.json["messageId"]
    assert message.get_content_type() == "multipart/alternative"
    assert message.get_body(("plain",)).get_content() == "So don't bother read this!\n"
    assert message.get_body(("html",)).get_content() == "<html><p>é</p></html>\n"


def test_mails_are_sent_from_templates(superadmin, guest, sent):
    # create a schema, whose objects guests may create
    fields = {
        "email": "string",
        "nom": "text",
        "prenom": "text",
        "civilite": "text",
        "cvUrl": "string",
        "tel": "string",
    }
    dispos = {"date": {"_type": "date"}, "debut": {"_type": "time"}, "fin": {"_type": "time"}}
    schema = {
        **{name: {"_type": kind} for name, kind in {**fields, "statut": "string"}.items()},
        "dispos": {"_type": "object", "_array": True, **dispos},
        "_acl": {"key": ["create"]},
    }
    assert superadmin.put("/1/schema/demande", {"demande": schema}).status == 201

    # create an inscription
    inscription = {
        "nom": "Pons",
        "prenom": "Stéphane",
        "email": "David <david@spacedog.io>",
        "civilite": "Monsieur",
        "tel": "0607080920",
        "statut": "fuzzy",
        "cvUrl": "https://spacedog.io",
        "dispos": [
            {"date": "2016-12-01", "debut": "12:00:00", "fin": "13:00:00"},
            {"date": "2016-12-03", "debut": "16:00:00", "fin": "17:00:00"},
        ],
    }
    answer = guest.post("/1/data/demande", inscription)
    assert answer.status == 201, answer.body
    inscription_id = answer.json["id"]

    # set smtp provider and the demande template in mail settings
    demande = {
        "from": "attias666@gmail.com",
        "to": ["{{demande.email|raw}}"],
        "subject": "Demande d'inscription de {{demande.prenom}} {{demande.nom}} (M-0370)",
        "html": "{% for dispo in demande.dispos %}\nle {{dispo.date}} de {{dispo.debut}} à {{dispo.fin}}\n<br>\n"
        "{% endfor %}\nid {{ demande.meta.id }}",
        "model": {"demande": "demande"},
        "roles": ["key"],
    }
    superadmin.settings(smtp=SMTP, templates={"demande": demande})

    answer = guest.post("/1/mail/template/demande", {"demande": inscription_id})

    assert answer.status == 200, answer.body
    message = sent()
    assert message["Message-ID"] == answer.json["messageId"]
    assert message["To"] == "David <david@spacedog.io>"
    assert message["Subject"] == "Demande d'inscription de Stéphane Pons (M-0370)"
    assert message.get_body().get_content() == (
        f"le 2016-12-01 de 12:00:00 à 13:00:00<br>\nle 2016-12-03 de 16:00:00 à 17:00:00<br>\nid {inscription_id}\n"
    )

    # set default provider in mail settings
    confirmation = {
        "to": ["{{demande.email|raw}}"],
        "subject": "Votre demande d'inscription a bien été enregistrée",
        "html": "<html>{{demande.nom}}</html>",
        "model": {"demande": "demande"},
        "roles": ["key"],
    }
    superadmin.settings(templates={"demande": demande, "confirmation": confirmation})

    answer = guest.post("/1/mail/template/confirmation", {"demande": inscription_id})

    assert answer.status == 200
    message = sent(2)
    assert message["Message-ID"] == answer.json["mailgun"]["id"]
    assert message["Subject"] == "Votre demande d'inscription a bien été enregistrée"
    assert message["From"] == "TEST <no-reply@api.spacedog.io>"


def test_forgotten_password_is_mailed_and_reset(mockmail, superadmin, guest, sent):
    fred = guest.sign_up("fred", "hi fred")
    path = "/1/credentials/forgotPassword"
    assert guest.post(path).refused == (400, "[JSON] is null or empty", None)
    assert guest.post(path, {}).refused == (400, "[username] is null", None)
    assert guest.post(path, {"username": "XXX"}).refused == (
        404,
        "[credentials][XXX] not found in backend [test]",
        "404",
    )
    assert fred.post(path, {"username": "fred"}).refused == (
        400,
        "no [forgotPassword] mail template in mail settings",
        None,
    )
    template = {
        "from": "no-reply@api.spacedog.io",
        "to": ["{{to}}"],
        "subject": "Forgotten",
        "text": "{{url}}!{{passwordResetCode}}!",
    }
    superadmin.settings(templates={"forgotPassword": template})

    assert guest.post(path, {"username": "fred"}).json == {"success": True, "status": 200}

    message = sent()
    assert message["To"] == "fred@example.com"
    assert guest.post(path, {"username": "fred", "url": "http://x"}).refused == (
        400,
        "parameter [url] is not authorized",
        None,
    )
    superadmin.settings(templates={"forgotPassword": {**template, "model": {"url": "string"}}})
    assert guest.post(path, {"username": "fred", "url": "http://x"}).status == 200
    url, code = sent(2).get_content().split("!")[:2]
    assert url == "http://x"

    # fred can still log in, until he sets a password with the code
    assert fred.post("/1/login").status == 200
    own = fred.get("/1/credentials/me").json["id"]
    answer = guest.post(f"/1/credentials/{own}/password?password=hello%20fred&passwordResetCode={code}")
    assert answer.status == 200, answer.body
    assert guest.as_("fred", "hello fred").post("/1/login").status == 200
    assert fred.post("/1/login").refused == (
        401,
        "invalid username or password for backend [test]",
        "invalid-credentials",
    )


def test_password_that_must_change_keeps_data_away_until_it_is_changed(superadmin, guest):
    fred = guest.sign_up("fred", "hi fred")
    own = fred.get("/1/credentials/me").json["id"]
    token = {"Authorization": f"Bearer {fred.get('/1/login').json['accessToken']}"}
    assert fred.get("/1/data").status == 200

    # superadmin forces fred to change his password
    assert superadmin.put(f"/1/credentials/{own}/passwordMustChange", True).status == 200

    # fred can no longer get data objects with his token, nor with his password
    for answer in (guest.get("/1/data", **token), fred.get("/1/data")):
        assert (answer.status, answer.error["code"]) == (403, "password-must-change")

    # fred can change his password, and get data objects again
    assert fred.put("/1/credentials/me/password", "hi fred 2").status == 200
    fred = guest.as_("fred", "hi fred 2")
    assert fred.get("/1/data").status == 200
    assert fred.get("/1/login").status == 200


def test_password_is_set_by_its_owner_and_by_superadmins(superadmin, vince, guest):
    fred = guest.sign_up("fred", "hi fred")
    path = f"/1/credentials/{fred.get('/1/credentials/me').json['id']}/password"
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    # another user fails, and so does a password of less than 6 characters
    assert vince.ask("PUT", path, b"password=XXX", form).status == 403
    assert fred.ask("PUT", path, b"password=XXX", form).status == 400

    # fred changes his password, in the deprecated query; superadmin in JSON; then fred in a form
    assert fred.ask("PUT", f"{path}?password=hi%20fred%202").status == 200
    assert fred.get("/1/login").status == 401
    assert superadmin.put(path, "hi fred 3").status == 200
    fred = guest.as_("fred", "hi fred 3")
    assert fred.ask("PUT", path, b"password=hi%20fred%204", form).status == 200
    assert guest.as_("fred", "hi fred 4").get("/1/login").status == 200

    # superadmin deletes the password, and fred sets another with the code, in a form
    code = superadmin.delete(path).json["passwordResetCode"]
    body = f"passwordResetCode={code}&password=hi%20fred%205".encode()
    assert guest.ask("POST", path, body, form).status == 200
    assert guest.as_("fred", "hi fred 5").get("/1/login").status == 200
