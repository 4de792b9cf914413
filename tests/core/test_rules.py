"""What all rules have in common: counts, chance and delays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockmail.core.errors import InvalidFault, LimitReached
from mockmail.core.faults import Fault, Faults
from mockmail.core.ids import Ids
from mockmail.core.rules import MAX_DELAY, CountedRules, LogNormalDelay, Rule, UniformDelay, check_counts, seconds_of


def test_fraction_is_from_0_to_below_1():
    ids = Ids()
    drawn = [ids.fraction() for _ in range(2000)]
    assert 0 <= min(drawn) < 0.01
    assert 0.99 < max(drawn) < 1
    assert drawn == [Ids().fraction(), *drawn[1:]]


def test_uniform_delay_is_within_its_bounds():
    chance, delay = Ids(), UniformDelay(low=1, high=3)
    drawn = [seconds_of(delay, chance) for _ in range(500)]
    assert 1 <= min(drawn) < 1.1
    assert 2.9 < max(drawn) <= 3


def test_half_of_lognormal_delays_are_shorter_than_the_median():
    chance, delay = Ids(), LogNormalDelay(median=2, sigma=0.5)
    drawn = [seconds_of(delay, chance) for _ in range(1000)]
    assert 400 < sum(seconds < 2 for seconds in drawn) < 600
    assert max(drawn) > 4
    assert seconds_of(LogNormalDelay(median=2, sigma=0), chance) == 2


@given(st.floats(0, MAX_DELAY), st.floats(0, 10))
def test_random_delay_is_never_longer_than_the_longest_delay(median, sigma):
    assert 0 <= seconds_of(LogNormalDelay(median=median, sigma=sigma), Ids()) <= MAX_DELAY


def test_calls_that_chance_lets_pass_are_not_counted_as_used():
    rules = CountedRules(Ids("x"))
    rule = rules.add(Rule(times=10, after=2, probability=0.5))
    applied = [rules.first(lambda rule: not rule.is_spent) is not None for _ in range(100)]
    assert applied[:2] == [False, False]
    assert (sum(applied), rule.used, rule.passed) == (10, 10, 2)


def test_rules_have_ids_that_are_not_given_again():
    rules = CountedRules(most=2)
    first, second = rules.add(Rule()), rules.add(Rule())
    with pytest.raises(LimitReached, match="there are 2 rules of this kind, the most that max_rules allows"):
        rules.add(Rule())
    assert [rules.remove(second.id), rules.remove(second.id)] == [True, False]
    assert (first.id, second.id, rules.add(Rule()).id) == (1, 2, 3)
    assert rules.clear() == 2
    assert rules.add(Rule()).id == 4


@pytest.mark.parametrize("rule", [Rule(times=0), Rule(after=-1), Rule(probability=0), Rule(probability=float("nan"))])
def test_numbers_out_of_bounds_are_refused(rule):
    with pytest.raises(InvalidFault):
        check_counts(rule)


def test_parameters_are_read_only_if_a_condition_needs_them():
    faults, read = Faults(), []

    def parameters():
        read.append(1)
        return {"name": ["jane", "joe"]}

    faults.add(Fault(vendor="acme", status=500, message="x"))
    assert faults.take("acme", "a", parameters).message == "x"
    assert read == []
    faults.add(Fault(vendor="acme", status=500, message="y", where={"NAME": "jo*"}))
    assert faults.take("acme", "a", parameters).message == "y"
    assert read == [1]
