"""The base of the rules that a test adds to a sandbox: faults, limits, stubs, outcomes and SMTP faults."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any, Generic, Protocol, TypeVar

from msgspec import Meta, Struct

from mockmail.core.errors import InvalidFault, LimitReached, is_mistake
from mockmail.core.ids import Ids

__tracebackhide__ = is_mistake

MAX_DELAY = 600.0
"""The longest delay, in seconds. No client waits longer, and no rule may block a server for a day."""

MOST_CALLS = 10**9
"""The most calls that a rule counts."""

FASTEST = 10**9
"""The highest rate of a throttled connection, in bytes a second."""

MOST_CONDITIONS = 20
"""The most entries of `where`."""

LONGEST_PATTERN = 1000
"""The most characters of a pattern."""

MOST_PATTERNS = 1000
"""The most patterns of a list, such as `refused_recipients`."""

LONGEST_MESSAGE = 65_536
"""The most characters of the text of a fault."""

MOST_HEADERS = 100
LONGEST_HEADER = 8190
"""The most headers of a fault or a stub, and the most characters of the name and the value of one."""

MOST_RULES = 1000
"""The most rules of one kind in a sandbox, unless the setting `max_rules` says otherwise."""

Parameters = Mapping[str, Sequence[str]]
"""The parameters of a request: by name in lower case, the values as text."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\ud7ff\ue000-\U0010ffff]*")
_FRAMING = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"})

Seconds = Annotated[float, Meta(ge=0, le=MAX_DELAY)]


class UniformDelay(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="distribution", tag="uniform"
):
    """A random delay: any number of seconds from `low` to `high` is equally likely."""

    low: Seconds
    high: Seconds


class LogNormalDelay(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="distribution", tag="lognormal"
):
    """A random delay with a long tail, as networks have: half of the delays are shorter than `median` seconds.

    sigma: the standard deviation of the logarithm; 0 always gives the median.
    """

    median: Seconds
    sigma: Annotated[float, Meta(ge=0, le=10)]


Delay = float | UniformDelay | LogNormalDelay


def seconds_of(delay: Delay, chance: Ids) -> float:
    """Return the seconds of a delay, at most MAX_DELAY; a random one is drawn."""
    if isinstance(delay, UniformDelay):
        return delay.low + (delay.high - delay.low) * chance.fraction()
    if isinstance(delay, LogNormalDelay):
        normal = math.sqrt(-2 * math.log(1 - chance.fraction())) * math.cos(2 * math.pi * chance.fraction())
        return min(MAX_DELAY, delay.median * math.exp(delay.sigma * normal))
    return delay


class HasId(Protocol):
    """A rule. id: its number among the rules of its kind in a sandbox; set when it is added."""

    id: int


@dataclass(slots=True, kw_only=True)
class Rule:
    """A rule that applies to a number of calls.

    times: how many calls it applies to; None for all. after: how many calls it lets pass first.
    probability: the probability that it applies to a call after those.
    id: its number among the rules of its kind in a sandbox.
    used: how many calls it applied to. passed: how many calls it let pass because of `after`.
    """

    times: int | None = 1
    after: int = 0
    probability: float = 1.0
    id: int = 0
    used: int = 0
    passed: int = 0

    @property
    def is_spent(self) -> bool:
        """Return whether the rule is used up."""
        return self.times is not None and self.used >= self.times

    @property
    def usage(self) -> str:
        """Return how often the rule applied, in words."""
        if self.times is None:
            return f"used {self.used} times, no limit"
        return f"used {self.used} of {self.times} times"

    def applies(self, chance: Ids) -> bool:
        """Count a call that meets the rule's conditions, and return whether the rule applies to it."""
        if self.passed < self.after:
            self.passed += 1
            return False
        if self.probability < 1 and chance.fraction() >= self.probability:
            return False
        self.used += 1
        return True


@dataclass(slots=True, kw_only=True)
class CallRule(Rule):
    """A rule for calls of vendors' operations.

    operation: an operation's name, or a pattern such as `mailbox.*`.
    where: a pattern for the value of each parameter that is named; a name is case-insensitive, and may be that of a
        value of the path, the query, a form or a JSON body at any depth.
    caller: a pattern for the authenticated caller, as the journal shows it; None for any request.
    """

    vendor: str | None = None
    operation: str | None = "*"
    where: Mapping[str, str] = field(default_factory=dict)
    caller: str | None = None

    def covers(
        self, vendor: str, operation: str, parameters: Callable[[], Parameters], caller: str | None = None
    ) -> bool:
        """Return whether the rule is for this call and not used up.

        caller: None before authentication. A rule with a caller is for calls after it, any other rule for those before.
        """
        if self.is_spent or self.vendor != vendor or self.operation is None:
            return False
        if not fnmatchcase(operation, self.operation) or (self.caller is None) != (caller is None):
            return False
        if self.caller is not None and not fnmatchcase(caller or "", self.caller):
            return False
        return self.has_parameters(parameters)

    def has_parameters(self, parameters: Callable[[], Parameters]) -> bool:
        """Return whether a request has the parameters that the rule asks for."""
        if not self.where:
            return True
        sent = parameters()
        return all(
            any(fnmatchcase(value, pattern) for value in sent.get(name.lower(), ()))
            for name, pattern in self.where.items()
        )


R = TypeVar("R", bound=HasId)
C = TypeVar("C", bound=Rule)


class Rules(Generic[R]):
    """The rules of one kind in a sandbox, in the order they were added. most: how many there may be."""

    def __init__(self, most: int = MOST_RULES) -> None:
        self._rules: list[R] = []
        self._last_id = 0
        self._most = most

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._rules))

    def add(self, rule: R) -> R:
        """Add a rule after the existing ones, give it an id, and return it. Raise LimitReached."""
        if len(self._rules) >= self._most:
            raise LimitReached(
                f"there are {self._most} rules of this kind, the most that max_rules allows: remove some"
            )
        self._last_id += 1
        rule.id = self._last_id
        self._rules.append(rule)
        return rule

    def remove(self, rule_id: int) -> bool:
        """Remove the rule with this id, and return whether there was one."""
        kept = [rule for rule in self._rules if rule.id != rule_id]
        removed = len(kept) < len(self._rules)
        self._rules = kept
        return removed

    def clear(self) -> int:
        """Remove all rules and return how many there were."""
        removed = len(self._rules)
        self._rules.clear()
        return removed


class CountedRules(Rules[C]):
    """The rules of one kind that count the calls they apply to. chance: the source of randomness."""

    def __init__(self, chance: Ids | None = None, most: int = MOST_RULES) -> None:
        super().__init__(most)
        self._chance = chance or Ids()
        self._observers: list[Callable[[C], None]] = []

    def observe(self, observer: Callable[[C], None]) -> Callable[[], None]:
        """Call a function with each rule that applies to a call. Return a function that ends this."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def unused(self) -> list[C]:
        """Return the rules that applied to no call."""
        return [rule for rule in self._rules if rule.used == 0]

    def first(self, covers: Callable[[C], bool]) -> C | None:
        """Return the first rule that covers a call and applies to it, or None. Count the call."""
        found = next((rule for rule in self._rules if covers(rule) and rule.applies(self._chance)), None)
        if found is not None:
            for observer in tuple(self._observers):
                observer(found)
        return found


def check_counts(rule: Rule) -> None:
    """Raise InvalidFault for numbers out of bounds."""
    if (rule.times is not None and not 1 <= rule.times <= MOST_CALLS) or not 0 <= rule.after <= MOST_CALLS:
        raise InvalidFault(
            f"times must be from 1 to {MOST_CALLS}, after from 0 to {MOST_CALLS}; not {rule.times} and {rule.after}"
        )
    if not 0 < rule.probability <= 1:
        raise InvalidFault(f"probability must be above 0 and at most 1, not {rule.probability}")


def check_pattern(name: str, pattern: str | None) -> None:
    """Raise InvalidFault for a pattern that is too long, because compiling it takes time."""
    if pattern is not None and len(pattern) > LONGEST_PATTERN:
        raise InvalidFault(f"{name} must have at most {LONGEST_PATTERN} characters, not {len(pattern)}")


def check_patterns(name: str, patterns: Sequence[str]) -> None:
    """Raise InvalidFault for a list of too many patterns, or with one that is too long."""
    if len(patterns) > MOST_PATTERNS:
        raise InvalidFault(f"{name} must have at most {MOST_PATTERNS} patterns, not {len(patterns)}")
    for pattern in patterns:
        check_pattern(f"a pattern of {name}", pattern)


def check_conditions(rule: CallRule) -> None:
    """Raise InvalidFault for a name or a pattern that is too long."""
    check_pattern("operation", rule.operation)
    check_pattern("caller", rule.caller)
    for name, pattern in rule.where.items():
        check_pattern("a name in where", name)
        check_pattern(f"where: the pattern of {name[:80]!r}", pattern)


def check_throttle(rate: int | None) -> None:
    """Raise InvalidFault for a rate out of bounds."""
    if rate is not None and not 1 <= rate <= FASTEST:
        raise InvalidFault(f"throttle must be from 1 to {FASTEST} bytes a second, not {rate}")


def check_delay(delay: Delay) -> None:
    """Raise InvalidFault for a delay out of bounds."""
    if isinstance(delay, UniformDelay) and delay.low > delay.high:
        raise InvalidFault(f"delay: low must be at most high, not {delay.low} and {delay.high}")
    if isinstance(delay, int | float) and not 0 <= delay <= MAX_DELAY:
        raise InvalidFault(f"delay must be from 0 to {MAX_DELAY:g} seconds, not {delay}")


def check_headers(headers: Mapping[str, Any]) -> None:
    """Raise InvalidFault for a header that no response can have, or that the server sets itself."""
    if len(headers) > MOST_HEADERS:
        raise InvalidFault(f"headers must be at most {MOST_HEADERS}, not {len(headers)}")
    for name, value in headers.items():
        if len(name) + len(value) > LONGEST_HEADER:
            raise InvalidFault(
                f"headers: {name[:80]!r} and its value must have at most {LONGEST_HEADER} characters,"
                f" not {len(name) + len(value)}"
            )
        if name.lower() in _FRAMING:
            raise InvalidFault(
                f"headers: the server sets {name} itself; use a fault with `transport` to break a connection"
            )
        if not _HEADER_NAME.fullmatch(name) or not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise InvalidFault(f"headers: {name[:80]!r} with the value {value!r:.80} is not a valid header")
