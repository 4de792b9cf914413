"""How `where` compares the parameters of a request: within bounds, because many waits may compare each request."""

from __future__ import annotations

import pytest

from mockmail.core.request_criteria import LARGEST, MOST_COMPARED, has_value


@pytest.mark.parametrize(("more", "expected"), [(0, True), (1, False)])
def test_most_values_are_compared_and_no_more(more, expected):
    # The object and its list are values too.
    values = ["x"] * (MOST_COMPARED - 3 + more) + ["wanted"]
    assert has_value({"a": values}, {"a": "wanted"}) is expected


def test_all_conditions_share_the_bound():
    given = {str(number): ["x"] * 100 + ["wanted"] for number in range(20)}
    assert has_value(given, {str(number): "wanted" for number in range(9)})
    assert not has_value(given, dict.fromkeys(given, "wanted"))


def test_number_of_very_many_digits_equals_no_text():
    assert has_value("1", 1)
    assert not has_value(str(int(LARGEST)), int(LARGEST))
    assert has_value(int(LARGEST), int(LARGEST))
