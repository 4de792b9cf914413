"""Rows made from templates are what lxml itself writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mockmail.wire.xml_templates import empty_tag, envelope, escaped, row, without_forbidden_characters

NAMES = st.lists(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True), max_size=6)


@given(NAMES, st.data())
def test_row_equals_the_output_of_lxml(names, data):
    texts = data.draw(st.lists(st.text(), min_size=len(names), max_size=len(names)))
    element = etree.Element("r")
    for name, text in zip(names, texts, strict=True):
        etree.SubElement(element, name).text = without_forbidden_characters(text)

    written = f"<r>{row(names, [escaped(text) for text in texts])}</r>"

    expected = etree.tostring(element, encoding="unicode")
    assert written == (expected if names else "<r></r>")


def test_texts_are_escaped_as_lxml_does():
    assert escaped("R&D <b> \"q\" 'a' \r\n\t]]>") == "R&amp;D &lt;b&gt; \"q\" 'a' &#13;\n\t]]&gt;"
    assert escaped("bell \a, half a pair \ud800, private \ue000") == "bell \ufffd, half a pair \ufffd, private \ue000"


def test_element_without_text_is_one_tag():
    assert row([empty_tag("a"), "b"], [""]) == "<a/><b></b>"
    assert row([], []) == ""


def test_envelope_has_the_namespaces_and_attributes_of_its_root():
    namespaces = ((None, "urn:x"),)

    assert envelope(("{urn:x}list",), (("code", "4<0"),), namespaces) == (
        '<list xmlns="urn:x" code="4&lt;0">',
        "</list>",
    )
    assert envelope(("api", "m"), (("version", "1.0"),)) == ('<api version="1.0"><m>', "</m></api>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 😀", "plain ü 😀"),
        ("a\tb\nc\r", "a\tb\nc\r"),
        ("\0\x1b\ufffe\ud800", "\ufffd\ufffd\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_characters_that_xml_cannot_hold_are_replaced(text, shown):
    assert without_forbidden_characters(text) == shown
