"""XML, in and out, by lxml: never with entities, DTDs or the network."""

from __future__ import annotations

import re

from lxml import etree

# What XML 1.0 has no way to say, not even as a character reference; surrogates are octets that were not UTF-8.
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sayable(text: str) -> str:
    """Text that XML can hold: each character that it cannot is U+FFFD, the replacement character."""
    return text if text.isprintable() else _UNSAYABLE.sub("\ufffd", text)


def serialized(root: etree._Element, declaration: bytes) -> bytes:
    """A document in UTF-8 behind a declaration, which vendors write in different ways."""
    return declaration + etree.tostring(root, encoding="utf-8", xml_declaration=False)


def parsed(body: bytes) -> etree._Element:
    """The root of a document from outside. Raises ValueError where it is not XML, or uses what is not allowed."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    if str(root.getroottree().docinfo.doctype):  # type: ignore[union-attr]  # the stubs do not know the attribute
        raise ValueError("a document type declaration is not allowed")
    return root
