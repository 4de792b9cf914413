"""The Python API: each public attribute and method, with what its docstring says."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from docs.site.reference.markdown import code, plain, table
from mockmail.vendors import VendorAttributes

SECTIONS: Mapping[str, Sequence[str]] = {
    "The server": (
        "mockmail.inprocess.mockmail.MockMail",
        "mockmail.inprocess.handles.VendorHandle",
        "mockmail.inprocess.world.ClockHandle",
        "mockmail.inprocess.world.SmtpHandle",
        "mockmail.inprocess.handles.WebhookHandle",
        "mockmail.server.webhooks.Webhook",
    ),
    "Messages": (
        "mockmail.inprocess.inbox.Inbox",
        "mockmail.inprocess.inbox.Search",
        "mockmail.core.mail.message.Message",
        "mockmail.core.mail.message.Envelope",
        "mockmail.core.mail.message.SentBy",
        "mockmail.core.mail.message.Delivery",
        "mockmail.core.mail.content.Attachment",
        "mockmail.core.mail.content.MessagePart",
        "mockmail.core.mail.links.Link",
        "mockmail.core.mail.links.Unsubscribe",
        "mockmail.core.mail.calendar.CalendarEvent",
        "mockmail.core.mail.calendar.Attendee",
        "mockmail.core.mail.checks.Finding",
        "mockmail.core.mail.selection.Html",
        "mockmail.core.mail.selection.Element",
        "mockmail.core.mail.traces.Trace",
    ),
    "Requests": (
        "mockmail.inprocess.requests.Requests",
        "mockmail.inprocess.requests.RequestSearch",
        "mockmail.core.journal.Exchange",
    ),
    "Faults and stubs": (
        "mockmail.inprocess.rules.Faults",
        "mockmail.core.faults.Fault",
        "mockmail.core.faults.TransportFault",
        "mockmail.core.limits.Limit",
        "mockmail.inprocess.rules.Stubs",
        "mockmail.core.stubs.Stub",
        "mockmail.inprocess.rules.SmtpFaults",
        "mockmail.core.smtp_faults.SmtpFault",
    ),
    "Events": ("mockmail.inprocess.events.EventStream", "mockmail.server.events.Event"),
}

_INTERNAL = {"keep_params", "with_headers"}


@dataclass(frozen=True)
class Attribute:
    """An attribute of a class. type: as it is written in the code."""

    name: str
    type: str
    words: str


@dataclass(frozen=True)
class Method:
    """A public method of a class."""

    name: str
    function: Callable[..., Any]

    @property
    def signature(self) -> str:
        """Return the call as one line, without `self`."""
        return f"{'await ' if inspect.iscoroutinefunction(self.function) else ''}{self.name}{signature(self.function)}"

    @property
    def words(self) -> str:
        """Return the docstring."""
        return inspect.getdoc(self.function) or ""


def described_classes() -> Iterator[type]:
    """Return every class of the page."""
    for names in SECTIONS.values():
        for name in names:
            module, _, attribute = name.rpartition(".")
            yield getattr(importlib.import_module(module), attribute)


class ClassPage:
    """The public members of a class, in order of their definition, those of its bases first."""

    def __init__(self, described: type) -> None:
        self.described = described

    @cached_property
    def attributes(self) -> list[Attribute]:
        """Return the fields and properties."""
        found = self._annotated | self._assigned | self._properties | self._enum_members
        return [
            Attribute(name, type_, self._property_words(name) or self._labelled.get(name, ""))
            for name, type_ in found.items()
            if name in self._labelled or name not in self._assigned
        ]

    @cached_property
    def methods(self) -> list[Method]:
        """Return the methods, also those that make the object iterable or give it a length."""
        found: dict[str, Method] = {}
        for base in reversed(self.described.__mro__[:-1]):
            for name, member in vars(base).items():
                function = getattr(member, "__func__", member)
                if inspect.isfunction(function) and not name.startswith("_") and name not in _INTERNAL:
                    found[name] = Method(name, function)
        return list(found.values())

    @property
    def introduction(self) -> str:
        """Return the docstring without the labelled lines."""
        return re.sub(r"\n\s*\n\s*", "\n\n", _label_of(self._known).sub("", self._docstring)).strip()

    @cached_property
    def _docstring(self) -> str:
        own = inspect.cleandoc(self.described.__doc__ or "")
        return "" if own.startswith(f"{self.described.__name__}(") else own

    @cached_property
    def _labelled(self) -> dict[str, str]:
        """Return the words of the docstring for each attribute: `name: words` or `name, name: words`."""
        docstrings = [inspect.cleandoc(base.__doc__ or "") for base in reversed(self.described.__mro__[:-1])]
        words: dict[str, str] = {}
        for docstring in docstrings:
            for match in _label_of(self._known).finditer(docstring):
                words |= dict.fromkeys(re.split(r",\s*", match[1]), " ".join(match[2].split()))
        return words

    @cached_property
    def _known(self) -> Sequence[str]:
        names = {*self._annotated, *self._properties, *self._assigned}
        return sorted(names, key=len, reverse=True)

    @cached_property
    def _annotated(self) -> dict[str, str]:
        slotted = {field.name for field in dataclasses.fields(self.described)} if self._is_dataclass else None
        return {
            name: type_ if isinstance(type_, str) else type_.__forward_arg__
            for base in reversed(self.described.__mro__[:-1])
            if base is not VendorAttributes  # the docstring of MockMail says what they are
            for name, type_ in inspect.get_annotations(base).items()
            if not name.startswith("_") and (slotted is None or name in slotted) and "ClassVar" not in str(type_)
        }

    @property
    def _is_dataclass(self) -> bool:
        return dataclasses.is_dataclass(self.described)

    @cached_property
    def _assigned(self) -> dict[str, str]:
        """Return the attributes that the constructor makes, with their types as far as the code shows them."""
        if self._is_dataclass:
            return {}
        functions = [vars(base).get(name) for base in self.described.__mro__[:-1] for name in ("__init__", "_bind")]
        sources = [inspect.getsource(function) for function in functions if inspect.isfunction(function)]
        pattern = r"self\.([a-z]\w*)(?:: (.*?))? = (?:([A-Z]\w*)\()?"
        return {name: type_ or made for source in sources for name, type_, made in re.findall(pattern, source)}

    @cached_property
    def _properties(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for base in reversed(self.described.__mro__[:-1]):
            for name, member in vars(base).items():
                getter = getattr(member, "fget", None) or getattr(member, "func", None)
                if isinstance(member, property | cached_property) and not name.startswith("_") and getter is not None:
                    found[name] = str(inspect.get_annotations(getter).get("return", ""))
        return found

    @cached_property
    def _enum_members(self) -> dict[str, str]:
        members: Mapping[str, Any] = getattr(self.described, "__members__", {})
        return {name: repr(member.value) for name, member in members.items()}

    def _property_words(self, name: str) -> str:
        if name in self._enum_members:
            found = re.search(rf'^    {name} = .*\n    """(.*?)"""', inspect.getsource(self.described), re.MULTILINE)
            return found[1] if found else ""
        member = inspect.getattr_static(self.described, name, None)
        words = inspect.getdoc(member) if isinstance(member, property | cached_property) else ""
        return " ".join((words or "").removeprefix("Return ").split())

    @property
    def _uses(self) -> str:
        uses = {"__iter__": "`for`", "__aiter__": "`async for`", "__len__": "`len()`", "__getitem__": "`[index]`"}
        found = [words for name, words in uses.items() if name in vars(self.described)]
        return f"It also takes {', '.join(found)}.\n" if found else ""

    def markdown(self) -> str:
        """Return the section of the class."""
        parts = [f"### {self.described.__name__}\n", f"{_paragraphs(self.introduction)}\n"]
        if self.attributes:
            rows = [(code(found.name), _linked(found.type), plain(found.words)) for found in self.attributes]
            parts.append(table(("attribute", "type", "value"), rows))
        parts += [self._uses] if self._uses else []
        parts += [f"**{code(method.signature)}**\n\n{_paragraphs(method.words)}\n" for method in self.methods]
        return "\n".join(parts)


def _linked(type_: str) -> str:
    """Return a type as code, with a link if it is a class of the page."""
    names = {name.rpartition(".")[2] for names in SECTIONS.values() for name in names}
    return f"[{code(type_)}](#{type_.lower()})" if type_ in names else code(type_)


def page() -> str:
    """Return the page of the Python API."""
    parts = [
        "# Python API\n",
        (
            "`from mockmail import MockMail`. The pytest fixture `mockmail` is a `MockMail`;"
            " [the fixtures](fixtures.md) have a page of their own, and so have [the errors](errors.md).\n"
        ),
    ]
    classes = iter(described_classes())
    for heading, names in SECTIONS.items():
        parts.append(f"## {heading}\n")
        parts += [ClassPage(next(classes)).markdown() for _ in names]
    return "\n".join(parts)


def fixtures() -> dict[str, str]:
    """Return the fixtures of the pytest plugin: the docstring by the name."""
    from mockmail import pytest_plugin

    tree = ast.parse(inspect.getsource(pytest_plugin))
    return {
        node.name: ast.get_docstring(node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any("pytest.fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
    }


def fixtures_page() -> str:
    """Return the page of the fixtures, the marker and the settings in pytest's configuration file."""
    from mockmail import pytest_plugin
    from mockmail.server.server_settings import ServerSettings

    parts = ["# Fixtures and marker\n", "The pytest plugin of mockmail has these fixtures:\n"]
    parts += [f"## {name}\n\n{_paragraphs(docstring)}\n" for name, docstring in fixtures().items()]
    keywords = [field.name for field in dataclasses.fields(ServerSettings) if field.name != "world"]
    marker = f"@pytest.mark.{pytest_plugin.MARKER.partition(':')[0]}"
    parts.append(
        f"## The marker\n\n{code(marker)}: besides `strict`, `seed`"
        " and `options`, its keywords are settings of the server. [Settings](settings.md) describes those with the same"
        " name.\n"
    )
    if hasattr(pytest_plugin, "pytest_addoption"):
        rows = [(code(name), plain(words)) for name, words in _ini_options(pytest_plugin.pytest_addoption)]
        parts.append(f"## Settings in pytest's configuration file\n\n{table(('name', 'effect'), rows)}")
    else:
        parts.append(f"The keywords are {', '.join(map(code, keywords))}.\n")
    return "\n".join(parts)


def _ini_options(adds_options: Callable[[Any], None]) -> list[tuple[str, str]]:
    class Parser:
        def __init__(self) -> None:
            self.found: list[tuple[str, str]] = []

        def addini(self, name: str, words: str, **_: Any) -> None:
            self.found.append((name, words))

    parser = Parser()
    adds_options(parser)
    return parser.found


class _Written:
    """An annotation as it is written in the code."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def signature(function: Callable[..., Any]) -> str:
    """Return a function's signature as it is written in the code, without `self`."""
    given = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=_Written(parameter.annotation))
        if isinstance(parameter.annotation, str)
        else parameter
        for name, parameter in given.parameters.items()
        if name not in ("self", "cls")
    ]
    returned = given.return_annotation
    shown = given.replace(
        parameters=parameters, return_annotation=_Written(returned) if isinstance(returned, str) else returned
    )
    return str(shown)


def _label_of(names: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for `name: words` and `name, name: words`, up to the next label or an empty line."""
    either = "|".join(map(re.escape, names)) or "(?!)"
    label = rf"(?:{either})(?:,\s*(?:{either}))*"
    return re.compile(rf"(?<![\w.`])({label}):\s+(.*?)(?=\s+{label}:\s|\n\s*\n|\n[A-Z`]|\Z)", re.DOTALL)


def _paragraphs(text: str) -> str:
    return "\n\n".join(plain(" ".join(part.split())) for part in text.split("\n\n"))
