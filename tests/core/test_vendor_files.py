"""A vendor whose files cannot be read, for want of a file descriptor: one sentence that names it."""

from __future__ import annotations

import errno
import os

import pytest
from http_client import send_request

from mockmail import MockMail
from mockmail.core import vendor as vendor_module
from mockmail.core.errors import LimitReached
from mockmail.core.world import World
from mockmail.server.discovery import discover


def ask(mm, path):
    return send_request(mm.url, "GET", path, None)


def no_file_descriptor(*_):
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def test_seed_that_cannot_be_read_is_one_sentence_and_a_later_request_succeeds(atmail_only, monkeypatch, caplog):
    path = "/atmail/admin/index.php/api/users/rolelist"
    with MockMail(vendors=atmail_only) as mm:
        with monkeypatch.context() as patch:
            patch.setattr(vendor_module, "files", no_file_descriptor)
            refused = ask(mm, path)
        later = ask(mm, path)

    sentence = b"seed.json of the vendor atmail cannot be read (Too many open files): allow mockmail more open files"
    assert (refused.status, refused.headers["retry-after"], sentence in refused.body) == (503, "10", True)
    assert (later.status, caplog.records) == (401, [])


def test_seed_that_cannot_be_read_leaves_a_world_unseeded(atmail_only, monkeypatch):
    monkeypatch.setattr(vendor_module, "files", no_file_descriptor)
    world = World(atmail_only)
    with pytest.raises(LimitReached, match=r"seed\.json of the vendor atmail cannot be read"):
        world.snapshot()
    assert world.seeded_vendors == set()


def test_operations_that_cannot_be_read_now_are_served_later(monkeypatch):
    vendors = discover(only=["atmail"])
    [vendor] = vendors
    vendor.__dict__.pop("operations", None)
    vendor.__dict__.pop("is_usable", None)
    with monkeypatch.context() as patch:
        patch.setattr(vendor_module.importlib, "import_module", no_file_descriptor)
        with pytest.raises(LimitReached, match=r"operations\.py of the vendor atmail cannot be read \(Too many open"):
            vendor.is_usable  # noqa: B018  # the access imports them
    assert vendor.is_usable
