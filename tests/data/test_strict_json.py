"""JSON that can be said again: by the control API, in seeds and snapshots."""

from __future__ import annotations

import pytest

from mockmail.core.state.documents import strict_json


def test_strict_json_returns_the_value():
    assert strict_json('{"a": [1.5, -1e300, 1e-999, 123]}') == {"a": [1.5, -1e300, 0.0, 123]}


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400 + ".5"])
def test_number_that_would_be_infinite(number):
    """No JSON can say it again."""
    with pytest.raises(ValueError, match="is beyond the bounds of a number"):
        strict_json(f'{{"a": [{number}]}}')


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_refused(constant):
    with pytest.raises(ValueError, match="is not a JSON number"):
        strict_json(f"[{constant}]")


def test_duplicate_among_many_names_is_found():
    """At the end of a million; each was once counted from the beginning."""
    names = [*range(1_000_000), "twin", "twin"]
    with pytest.raises(ValueError, match="an object has the name 'twin' twice"):
        strict_json("{" + ",".join(f'"{name}":0' for name in names) + "}")
