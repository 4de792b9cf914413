"""Mailgun's events, stored messages, suppressions and webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from operator import itemgetter

import pytest
from webhook_receiver import Receiver

from mockmail.server import vendor_webhooks

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
EVENTS = "/v3/example.com/events"


@pytest.fixture
def events(call):
    """Return a function that returns the events that a search finds."""

    def search(**conditions):
        found = call("GET", EVENTS, params=conditions)
        assert found.status_code == 200, found.text
        return found.json()["items"]

    return search


class TestEvents:
    """The list of events."""

    def test_good_send_is_accepted_and_delivered(self, send, events, mockmail):
        files = [("attachment", ("a.txt", b"hello", "text/plain")), ("inline", ("dot.png", b"x", "image/png"))]
        sent = send(files=files, html="x", **{"o:tag": "welcome", "v:user": "7"})

        delivered, accepted = events()

        assert (delivered["event"], accepted["event"], accepted["method"]) == ("delivered", "accepted", "HTTP")
        assert delivered["delivery-status"]["code"] == 250
        assert delivered["log-level"] == "info"
        assert len(delivered["id"]) == 22
        for event in (delivered, accepted):
            assert (event["recipient"], event["recipient-domain"]) == ("jane@example.org", "example.org")
            assert (event["tags"], event["user-variables"]) == (["welcome"], {"user": "7"})
            assert event["message"]["headers"] == {
                "to": "jane@example.org",
                "message-id": sent.json()["id"].strip("<>"),
                "from": "App <app@example.com>",
                "subject": "Hello",
            }
            assert event["message"]["attachments"] == [{"filename": "a.txt", "content-type": "text/plain", "size": 5}]
            assert event["message"]["size"] == mockmail.inbox[0].size
            assert event["flags"]["is-test-mode"] is False

    @pytest.mark.parametrize(
        ("arranged", "expected"),
        [
            ({}, ("permanent", "bounce", "error", 550, "5.1.1")),
            ({"hard": False}, ("temporary", "generic", "warn", 452, "4.2.2")),
        ],
    )
    def test_bounce_is_a_failure(self, send, events, mockmail, arranged, expected):
        mockmail.outcomes.add("jane@example.org", "bounced", **arranged)
        send()

        [failed] = events(event="failed")

        status = failed["delivery-status"]
        assert (failed["severity"], failed["reason"], failed["log-level"], status["code"], status["bounce-code"]) == (
            expected
        )
        assert ("retry-seconds" in status) is (expected[0] == "temporary")

    @pytest.mark.parametrize(
        ("conditions", "expected"),
        [
            ({}, 6),
            ({"event": "delivered"}, 3),
            ({"event": "delivered OR failed"}, 3),
            ({"event": "NOT delivered"}, 3),
            ({"event": "(accepted OR delivered) AND NOT accepted"}, 3),
            ({"recipient": "JANE@example.org"}, 2),
            ({"recipient": "jane"}, 0),
            ({"subject": '"to Bob"'}, 2),
            ({"subject": "Hello AND Bob"}, 2),
            ({"subject": "Hello Bob"}, 2),
            ({"tags": "welcome"}, 2),
            ({"from": "app@"}, 6),
            ({"to": "carol"}, 2),
            ({"size": ">100000"}, 0),
            ({"size": ">100"}, 6),
            ({"severity": "permanent"}, 0),
            ({"attachment": "a.txt"}, 0),
            ({"message-id": "unknown"}, 0),
            ({"limit": 4}, 4),
        ],
    )
    def test_filter_finds(self, send, events, conditions, expected):
        send(subject="Hello Jane", **{"o:tag": "welcome"})
        send(to="bob@example.org", subject="Hello to Bob")
        send(to="carol@example.org", subject="Else")

        assert len(events(**conditions)) == expected

    def test_events_of_a_message_are_found_by_its_id(self, send, events):
        send()
        sent = send(to="bob@example.org").json()["id"]

        assert [event["recipient"] for event in events(**{"message-id": sent.strip("<>")})] == ["bob@example.org"] * 2

    @pytest.mark.parametrize("search", [{"event": "(a"}, {"event": "a OR"}, {"event": "a)"}, {"event": ""}])
    def test_broken_filter_is_refused(self, call, search):
        assert call("GET", EVENTS, params=search).status_code == 400

    @pytest.mark.parametrize(("deep", "status"), [(20, 200), (21, 400)])
    def test_depth_of_a_filter_is_bounded(self, call, deep, status):
        found = call("GET", EVENTS, params={"event": f"{'(' * deep}a{')' * deep}"})

        assert found.status_code == status

    @pytest.mark.parametrize(("words", "status"), [(200, 200), (201, 400)])
    def test_length_of_a_filter_is_bounded(self, call, words, status):
        assert call("GET", EVENTS, params={"event": "a " * words}).status_code == status

    @pytest.mark.parametrize("ascending", ["yes", "no"])
    def test_pages_have_all_events_once_and_never_end(self, send, call, mockmail, ascending):
        mockmail.clock.freeze(NOON)
        for number in range(4):
            send(to=f"a{number}@example.org")
            mockmail.clock.advance(1)
        every = call("GET", EVENTS, params={"ascending": ascending}).json()["items"]
        times = [event["timestamp"] for event in every]
        assert times == sorted(times, reverse=ascending == "no")

        page = call("GET", EVENTS, params={"ascending": ascending, "limit": 3}).json()
        found = []
        while page["items"]:
            found += page["items"]
            previous, page = page, call_url(call, page["paging"]["next"])

        assert found == every
        assert call_url(call, page["paging"]["next"])["items"] == []
        assert call_url(call, previous["paging"]["previous"])["items"] == every[3:6]
        assert call_url(call, page["paging"]["first"])["items"] == every[:3]
        assert call_url(call, page["paging"]["last"])["items"] == every[-3:]

    def test_later_events_are_on_the_page_after_the_last(self, send, call):
        send()
        page = call("GET", EVENTS, params={"ascending": "yes"}).json()

        send(to="bob@example.org")

        assert {event["recipient"] for event in call_url(call, page["paging"]["next"])["items"]} == {"bob@example.org"}

    def test_period_bounds_the_events(self, send, events, mockmail):
        mockmail.clock.freeze(NOON)
        for name in ("jane", "bob", "carol"):
            send(to=f"{name}@example.org")
            mockmail.clock.advance(60)
        start = NOON.timestamp()

        def found(**search):
            return [event["recipient"].partition("@")[0] for event in events(event="accepted", **search)]

        assert found(begin=start + 30) == ["bob", "carol"]
        assert found(begin="Sat, 31 Jan 2026 12:00:30 +0000", end=start + 90) == ["bob"]
        assert found(begin=start + 90, ascending="no") == ["bob", "jane"]
        assert found(end=start + 30) == ["carol", "bob"]
        assert found(begin=start + 300, end=start + 30) == ["carol", "bob"]

    @pytest.mark.parametrize("page", ["x", "W10", "bnVsbA", "%ff"])
    def test_page_that_does_not_exist_is_refused(self, call, page):
        assert call("GET", f"{EVENTS}/{page}").status_code == 400

    def test_one_page_looks_at_a_bounded_number_of_events(self, send, call, monkeypatch):
        monkeypatch.setattr("mockmail.vendors.mailgun.handlers.events.MOST_SCANNED", 5)
        monkeypatch.setattr("mockmail.vendors.mailgun.handlers.events.AT_ONCE", 2)
        send(to="first@example.org")
        for _ in range(3):
            send()

        first = call("GET", EVENTS, params={"recipient": "first@example.org"}).json()

        assert first["items"] == []
        assert len(call_url(call, first["paging"]["next"])["items"]) == 2


def call_url(call, url):
    """Return the document at an absolute URL of the server."""
    return call("GET", f"/{url.split('/', 3)[3]}").json()


class TestStored:
    """Messages that are kept for three days."""

    def stored(self, send, events, call, **headers):
        files = [("attachment", ("a.txt", b"hello", "text/plain"))]
        send(files=files, html="<b>x</b>", cc="bob@example.org")
        self.url = "/" + events()[0]["storage"]["url"].split("/", 3)[3]
        return call("GET", self.url, headers=headers)

    def test_message_is_shown_with_its_parts(self, send, events, call):
        document = self.stored(send, events, call).json()

        assert (document["subject"], document["from"]) == ("Hello", "App <app@example.com>")
        assert document["recipients"] == "jane@example.org, bob@example.org"
        assert (document["body-plain"].strip(), document["body-html"].strip()) == ("x", "<b>x</b>")
        assert ["Subject", "Hello"] in document["message-headers"]
        [file] = document["attachments"]
        assert (file["name"], file["size"], file["content-type"]) == ("a.txt", 5, "text/plain")
        downloaded = call("GET", f"/{file['url'].split('/', 3)[3]}")
        assert (downloaded.content, downloaded.headers["Content-Type"]) == (b"hello", "text/plain")
        assert call("GET", f"{self.url}/attachments/1").status_code == 404

    def test_source_of_the_message_is_shown(self, send, events, call, mockmail):
        document = self.stored(send, events, call, Accept="message/rfc2822").json()

        assert document["body-mime"].encode() == mockmail.inbox[0].raw
        assert "body-plain" not in document

    def test_message_is_gone_after_three_days(self, send, events, call, mockmail):
        mockmail.clock.freeze(NOON)
        assert self.stored(send, events, call).status_code == 200

        mockmail.clock.advance(3 * 86400)
        assert call("GET", self.url).status_code == 200
        mockmail.clock.advance(1)
        assert call("GET", self.url).json() == {"message": "Message not found"}

    def test_message_is_sent_again(self, send, events, call, mockmail):
        first = self.stored(send, events, call).json()

        again = call("POST", self.url, data={"to": "carol@example.org"})

        assert again.json() == {"id": first["Message-Id"], "message": "Queued. Thank you."}
        assert mockmail.inbox[1].envelope.recipients == ("carol@example.org",)
        assert mockmail.inbox[1].raw == mockmail.inbox[0].raw
        assert {event["recipient"] for event in events(recipient="carol@example.org")} == {"carol@example.org"}
        assert call("POST", self.url).json() == {"message": "'to' parameter is missing"}

    def test_message_that_was_removed_from_the_inbox_is_not_sent_again(self, send, events, call, mockmail):
        self.stored(send, events, call)
        mockmail.inbox.clear()

        gone = call("POST", self.url, data={"to": "carol@example.org"})

        assert (gone.status_code, gone.json()) == (404, {"message": "Message not found"})


class TestSuppressions:
    """Addresses that get no mail."""

    @pytest.mark.parametrize(
        ("kind", "name", "code", "reason"),
        [
            ("bounced", "bounces", 605, "suppress-bounce"),
            ("unsubscribed", "unsubscribes", 606, "suppress-unsubscribe"),
            ("complained", "complaints", 607, "suppress-complaint"),
        ],
    )
    def test_event_suppresses_and_later_mail_fails(self, send, call, events, mockmail, *, kind, name, code, reason):
        mockmail.outcomes.add("jane@example.org", kind, times=1)
        send()
        arrived = len(mockmail.inbox)

        assert send().status_code == 200

        assert len(mockmail.inbox) == arrived
        failed = events(event="failed")[0]
        assert (failed["severity"], failed["reason"], failed["delivery-status"]["code"]) == ("permanent", reason, code)
        [item] = call("GET", f"/v3/example.com/{name}").json()["items"]
        assert item["address"] == "jane@example.org"
        call("DELETE", f"/v3/example.com/{name}/JANE@example.org")
        send()
        assert len(mockmail.inbox) == arrived + 1

    def test_bounce_does_not_count_for_another_domain(self, send, call, mockmail):
        mockmail.mailgun.seed(
            identities=[{"name": "other.example", "verified": True, "created": "2026-01-31T12:00:00+00:00"}]
        )
        call("POST", "/v3/other.example/bounces", data={"address": "jane@example.org"})

        send()

        assert len(mockmail.inbox) == 1

    def test_unsubscription_from_a_tag_counts_for_messages_with_it(self, send, call, mockmail):
        call("POST", "/v3/example.com/unsubscribes", data={"address": "jane@example.org", "tag": "news"})

        send(**{"o:tag": "news"})
        assert len(mockmail.inbox) == 0
        send(**{"o:tag": "orders"})
        assert len(mockmail.inbox) == 1

    def test_pages_of_a_list(self, call):
        addresses = [f"a{number}@example.org" for number in range(5)]
        call("POST", "/v3/example.com/bounces", json=[{"address": address} for address in addresses])

        page = call("GET", "/v3/example.com/bounces", params={"limit": 2}).json()
        found = []
        while page["items"]:
            found += [item["address"] for item in page["items"]]
            last, page = page, call_url(call, page["paging"]["next"])

        assert found == addresses
        before = call_url(call, last["paging"]["previous"])["items"]
        assert [item["address"] for item in before] == addresses[2:4]
        assert [item["address"] for item in call_url(call, page["paging"]["last"])["items"]] == addresses[3:]

    @pytest.mark.parametrize(
        "body", [[], [{}], [{"address": "nobody"}], ["x"], {"address": 1}, [{"address": "a@b.c"}] * 1001]
    )
    def test_addresses_that_mailgun_refuses(self, call, mockmail, body):
        assert call("POST", "/v3/example.com/bounces", json=body).status_code == 400
        assert "suppressions" not in mockmail.mailgun.state()

    def test_all_addresses_of_a_list_are_removed(self, call, mockmail):
        for _ in range(2):
            number = len(mockmail.mailgun.state().get("suppressions", ()))
            many = [{"address": f"a{number + each}@example.org"} for each in range(600)]
            call("POST", "/v3/example.com/bounces", json=many)

        assert call("DELETE", "/v3/example.com/bounces").status_code == 200

        assert call("GET", "/v3/example.com/bounces").json()["items"] == []


class TestWebhooks:
    """What webhooks are told."""

    @pytest.fixture
    def receiver(self, monkeypatch):
        monkeypatch.setattr(vendor_webhooks, "RETRY_SECONDS", (0.001, 0.001))
        receiver = Receiver()
        yield receiver
        receiver.close()

    @pytest.fixture
    def hook(self, call, receiver):
        def add(*kinds):
            for kind in kinds:
                form = {"id": kind, "url": f"{receiver.url}/{kind}"}
                assert call("POST", "/v3/domains/example.com/webhooks", data=form).status_code == 200

        return add

    def test_events_are_told_with_a_signature(self, send, hook, receiver, mockmail):
        hook("accepted", "delivered")
        send(**{"v:user": "7"})

        told = sorted((receiver.next() for _ in range(2)), key=itemgetter(0))  # URLs do not wait for each other

        assert [(path, body["event-data"]["event"]) for path, _, body in told] == [
            ("/accepted", "accepted"),
            ("/delivered", "delivered"),
        ]
        key = mockmail.mailgun.credentials["webhook_signing_key"].encode()
        for _, headers, body in told:
            signature = body["signature"]
            signed = f"{signature['timestamp']}{signature['token']}".encode()
            assert signature["signature"] == hmac.new(key, signed, hashlib.sha256).hexdigest()
            assert len(signature["token"]) == 50
            assert headers["Content-Type"] == "application/json"
            assert body["event-data"]["user-variables"] == {"user": "7"}

    def test_failures_are_told_by_their_severity(self, send, hook, receiver, mockmail):
        hook("permanent_fail", "temporary_fail")
        mockmail.outcomes.add("jane@example.org", "bounced", hard=False, times=1)
        send()
        mockmail.outcomes.add("jane@example.org", "bounced", times=1)
        send()

        told = sorted((receiver.next() for _ in range(2)), key=itemgetter(0))

        assert [path for path, _, _ in told] == ["/permanent_fail", "/temporary_fail"]
        assert [body["event-data"]["severity"] for _, _, body in told] == ["permanent", "temporary"]

    @pytest.mark.parametrize(("status", "attempts"), [(406, 1), (500, 3)])
    def test_status_406_ends_the_attempts(self, send, hook, receiver, *, status, attempts):
        hook("delivered")
        receiver.statuses = [status] * attempts
        send()
        send(to="bob@example.org")

        told = [receiver.next()[2]["event-data"]["recipient"] for _ in range(attempts + 1)]

        assert told == [*["jane@example.org"] * attempts, "bob@example.org"]

    def test_webhook_has_three_urls_at_most(self, call):
        root = "/v3/domains/example.com/webhooks"
        urls = [f"http://127.0.0.1:9/{number}" for number in range(4)]

        assert call("POST", root, data={"id": "opened", "url": urls[:3]}).json()["webhook"] == {"urls": urls[:3]}
        assert call("POST", root, data={"id": "opened", "url": urls[3:]}).status_code == 400
        assert call("PUT", f"{root}/opened", data={"url": urls[3:]}).json() == {
            "message": "Webhook has been updated",
            "webhook": {"urls": urls[3:]},
        }
        assert call("GET", f"{root}/opened").json() == {"webhook": {"urls": urls[3:]}}
        assert call("GET", f"{root}/clicked").status_code == 404

    @pytest.mark.parametrize(
        ("form", "message"),
        [
            ({"url": "http://a"}, "'id' parameter is missing"),
            ({"id": "lost", "url": "http://a"}, "Invalid webhook type: lost"),
            ({"id": "opened"}, "'url' parameter is missing"),
            *(
                ({"id": "opened", "url": url}, "'url' parameter is not a valid URL")
                for url in ("x", "http://[", "ftp://a")
            ),
        ],
    )
    def test_webhook_that_mailgun_refuses(self, call, form, message):
        refused = call("POST", "/v3/domains/example.com/webhooks", data=form)

        assert (refused.status_code, refused.json()) == (400, {"message": message})


def test_signing_key_and_api_key_are_the_seeds(mockmail):
    state = json.dumps(mockmail.mailgun.state())

    assert all(value in state for value in mockmail.mailgun.credentials.values())
