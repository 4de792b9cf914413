"""PHP's idea of a tree, as Zend_Rest_Server writes it."""

from __future__ import annotations

import pytest

from mockmail.wire import zend

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def inside(content) -> str:
    """Return the XML between the tags of the method."""
    text = zend.document("m", content).decode()
    start, end = '<?xml version="1.0" encoding="UTF-8"?>\n<api generator="zend" version="1.0"><m>', "</m></api>\n"
    assert text.startswith(start)
    assert text.endswith(end)
    return text[len(start) : -len(end)]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "<x></x>"),
        ("", "<x></x>"),
        ([], "<x/>"),
        ((), "<x/>"),
        ({}, "<x/>"),
        (True, "<x>1</x>"),
        (False, "<x>0</x>"),
        (-7, "<x>-7</x>"),
        (0.0078125, "<x>0.0078125</x>"),
        (3.0, "<x>3</x>"),
        (1e-05, "<x>1.0E-5</x>"),
        (1.5e20, "<x>1.5E+20</x>"),
        ("a & <b> \"c\" 'd'", "<x>a &amp; &lt;b&gt; \"c\" 'd'</x>"),
        ("two\nlines", "<x>two\nlines</x>"),
        ("\x00\ufffe\ud800é", "<x>\ufffd\ufffd\ufffdé</x>"),
        (["a", None], "<x><key_0>a</key_0><key_1></key_1></x>"),
        ({1: "god", 20: "sub"}, "<x><key_1>god</key_1><key_20>sub</key_20></x>"),
        ([{"id": 1}, {"id": 2}], "<x><key_0><id>1</id></key_0><key_1><id>2</id></key_1></x>"),
    ],
)
def test_values_are_written_as_php_does(value, written):
    assert inside({"x": value}) == written


def test_rows_of_the_same_names_do_not_share_values():
    first, second = {"a": "1", "b": {"c": "2"}}, {"a": "3", "b": {"c": "4"}}

    assert inside(first) == "<a>1</a><b><c>2</c></b>"
    assert inside(second) == "<a>3</a><b><c>4</c></b>"
    assert inside([first, second]) == ("<key_0><a>1</a><b><c>2</c></b></key_0><key_1><a>3</a><b><c>4</c></b></key_1>")


def test_fault_of_an_unknown_method_has_it_as_root():
    assert zend.fault("m", "why & how") == HEAD + (
        b'<api generator="zend" version="1.0"><m><response><message>why &amp; how</message></response>'
        b"<status>failed</status></m></api>\n"
    )
    assert zend.fault("rest", "No Method Specified.", known=False) == HEAD + (
        b'<rest generator="zend" version="1.0"><response><message>No Method Specified.</message></response>'
        b"<status>failed</status></rest>\n"
    )


@pytest.mark.parametrize("text", ["a", "_a", "a-b.c_1", "accountUpdate"])
def test_valid_element_name_is_recognized(text):
    assert zend.is_name(text)


@pytest.mark.parametrize("text", ["", "1a", "a b", "a:b", "{urn:x}a", "a\n", "é", "x" * 300, "<a>"])
def test_invalid_element_name_is_recognized(text):
    assert not zend.is_name(text)
