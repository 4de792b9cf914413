"""XML in a default namespace."""

from __future__ import annotations

import json

from mockmail.wire.namespaced_xml import Items, document

NAMESPACES = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'


def test_document_is_on_one_line_after_its_declaration():
    written = document("shelf", "urn:xml:shelf", {"books": Items("book", [{"title": "R&D", "lent": False}])})
    assert written == (
        b'<?xml version="1.0" encoding="utf-8"?>\n'
        b"<shelf " + NAMESPACES + b' xmlns="urn:xml:shelf">'
        b"<books><book><title>R&amp;D</title><lent>false</lent></book></books></shelf>"
    )


def test_scalars_are_written():
    written = document("a", "urn:a", {"none": None, "empty": "", "yes": True, "number": 5, "bell": "\x07\ud800"})
    assert written.endswith("<none/><empty/><yes>true</yes><number>5</number><bell>\ufffd\ufffd</bell></a>".encode())


def test_root_has_its_attributes():
    assert document("a", "urn:a", {}, {"code": "400"}).endswith(b'xmlns="urn:a" code="400"/>')


def test_items_are_a_list_to_json():
    assert json.dumps({"books": Items("book", [1, 2])}) == '{"books": [1, 2]}'


def test_documents_do_not_affect_each_other():
    first = document("a", "urn:a", {"x": "full", "rows": Items("row", [{"n": 1}, "two"])}, {"code": "1"})
    second = document("a", "urn:a", {"x": "", "rows": Items("row", [{"n": None}, ""])})
    assert first.endswith(b' code="1"><x>full</x><rows><row><n>1</n></row><row>two</row></rows></a>')
    assert second.endswith(b'xmlns="urn:a"><x/><rows><row><n/></row><row/></rows></a>')


def test_list_without_end():
    written = document("a", "urn:a", {"rows": Items("row", range(5000))})
    assert written.count(b"<row>") == 5000
    assert written.endswith(b"<row>4999</row></rows></a>")
