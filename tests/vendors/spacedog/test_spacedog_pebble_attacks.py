"""A hostile template or parameter gets a text or a TemplateError, within bounded time and memory."""

from __future__ import annotations

import tracemalloc

import pytest

from mockmail.vendors.spacedog.pebble import Budget, Engine, OverBudget, TemplateError, from_json

MEGABYTE = 1_000_000
THOUSAND_TIMES = "{% set l = [x] %}{% for i in 1..10 %}{% set l = l + l %}{% endfor %}"


def render(template: str, steps: int = 100_000, characters: int = MEGABYTE, /, **variables: object) -> str:
    return Engine(Budget(steps, characters)).render(template, from_json(variables))


def error_message(template: str, /, **variables: object) -> str:
    with pytest.raises(TemplateError) as caught:
        render(template, **variables)
    cause = caught.value.cause
    return cause.message if cause else caught.value.message


@pytest.mark.parametrize("index", ["+-1", "-+1", "--1", "++0", "+", "-", "", "1_0", "1" * 5000])
def test_invalid_list_index_prints_nothing(index):
    assert render(f"[{{{{ l['{index}'] }}}}]", l=["a", "b"]) == "[]"


@pytest.mark.parametrize("index", ["1", "+1"])
def test_list_index_may_be_a_text(index):
    assert render(f"{{{{ l['{index}'] }}}}", l=["a", "b"]) == "b"


@pytest.mark.parametrize("key", ["e", "[1]", "{}", "m"])
def test_value_that_cannot_be_a_key_is_not_found_in_a_map(key):
    template = "{% for e in m %}{{ m[KEY] }}{{ m.get(KEY) }}{{ m contains KEY }}{{ m.containsKey(KEY) }}{% endfor %}"
    assert render(template.replace("KEY", key), m={"a": [1]}) == "falsefalse"


def test_number_too_large_for_a_double_prints_infinity():
    assert render("{{ " + "9" * 400 + ".0 }}{{ -" + "9" * 400 + ".5 }}") == "Infinity-Infinity"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("1" * 5000, "d" * 5000 + "M"),
        ("9" * 50, "yM"),
        ("", "d"),
        ("Mon", "E" * 5000 + "y"),
    ],
)
def test_impossible_date_is_refused_as_unparseable(text, pattern):
    assert error_message("{{ x | date('yyyy', p) }}", x=text, p=pattern) == f'Unparseable date: "{text}"'


def test_long_date_with_many_parts_is_read_without_searching_ahead():
    """Searching the rest of the text for each of 10,000 names would read 10,000 megabytes."""
    text = "Mon " * 10_000 + "x" * MEGABYTE
    assert render("{{ x | date('y', p) }}", 100_000, 3 * MEGABYTE, x=text, p="E " * 10_000) == "1970"


def test_overlong_number_format_is_refused_as_malformed():
    pattern = "a" * MEGABYTE + "#a#"
    assert error_message("{{ 1 | numberformat(x) }}", x=pattern) == f'Malformed pattern "{pattern}"'


@pytest.mark.parametrize(
    "expression",
    [
        "l",
        "l | escape",
        "[l]",
        "{'a': l}",
        "l ~ ''",
        "l + ''",
        "l | join",
        "l | sort",
        "l | rsort",
        "l contains (y ~ '')",
        "l - (y ~ '')",
        "l == k",
        "m | replace({'x': l})",
    ],
)
def test_list_that_repeats_one_long_text_exceeds_the_budget_before_memory_grows(expression):
    """The list refers to one text a thousand times; an operation on it would copy the text as often."""
    setting = (
        THOUSAND_TIMES + "{% set z = x ~ '' %}{% set k = [z] %}{% for i in 1..10 %}{% set k = k + k %}{% endfor %}"
    )
    long = "x" * 100_000
    tracemalloc.start()
    try:
        with pytest.raises(OverBudget):
            render(setting + "{{ " + expression + " }}", 100_000, 10 * MEGABYTE, x=long, y=long[1:] + "y", m="x")
        assert tracemalloc.get_traced_memory()[1] < 20 * MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "expression",
    [
        "x",
        "x | escape('url_param')",
        "x | escape('css')",
        "x | escape('js')",
        "x | urlencode",
        "x | escape('html_attr')",
    ],
)
def test_text_that_grows_when_escaped_exceeds_the_budget_before_memory_grows(expression):
    tracemalloc.start()
    try:
        with pytest.raises(OverBudget):
            render("{{ " + expression + " }}", 100_000, 1_200_000, x="\"/'" * 400_000)
        assert tracemalloc.get_traced_memory()[1] < 10 * MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "expression",
    [
        "m[y]",
        "m[x]",
        "m.get(y)",
        "m.containsKey(y)",
        "m contains y",
        "{x: 1, y: 2}",
        "{} | merge([x, y])",
        "x | raw | default(1)",
        "x | raw | abbreviate(99999)",
        "x is empty",
        "x == y",
    ],
)
def test_reading_a_long_text_repeatedly_is_charged_every_time(expression):
    template = (
        "{% set y = x ~ '' %}{% set m = {x: 1} %}{% for i in 1..100 %}{% set z = " + expression + " %}{% endfor %}"
    )
    with pytest.raises(OverBudget):
        render(template, 100_000, 8 * MEGABYTE, x=" " + "x" * 100_000)


@pytest.mark.parametrize("template", ["{##}" * 1001, "{{ 1 }}{# #}" * 200])
def test_comments_cost_steps(template):
    with pytest.raises(OverBudget):
        render(template, 1000)


def test_many_macros_exceed_the_budget_and_fewer_do_not():
    macros = [f"{{% macro m{number}() %}}x{{% endmacro %}}" for number in range(1500)]
    with pytest.raises(OverBudget):
        render("".join(macros))
    assert render("".join(macros[:100]) + "{{ m99() }}") == "x"


@pytest.mark.parametrize(
    ("template", "java_class"),
    [
        ("{{ 'x' | escape([1]) }}", "java.util.ArrayList"),
        ("{{ 'x' | escape({}) }}", "java.util.LinkedHashMap"),
        ("{{ block([1]) }}", "java.util.ArrayList"),
        ("{{ block(1) }}", "java.lang.Long"),
    ],
)
def test_name_that_is_not_a_text_is_a_class_cast_error(template, java_class):
    assert error_message(template) == f"{java_class} cannot be cast to java.lang.String"


def test_templates_of_one_mail_share_the_step_budget():
    engine = Engine(Budget(1000, MEGABYTE))
    with pytest.raises(OverBudget):
        for _ in range(20):
            engine.render("{", {})


def test_template_costs_the_same_steps_when_rendered_again():
    template = (
        "{% macro m(a) %}[{{ a }}]{% endmacro %}{% for x in xs %}{{ m(x) }}{% endfor %}{% set y = xs %}{{ y | length }}"
    )
    budgets = [Budget(10_000, MEGABYTE) for _ in range(3)]
    assert [Engine(budget).render(template, {"xs": ["a", "b"]}) for budget in budgets] == ["[a][b]2"] * 3
    assert budgets[0] == budgets[1] == budgets[2] != Budget(10_000, MEGABYTE)
    assert render(template, xs=["<"]) == "[&lt;]1"
    with pytest.raises(OverBudget):
        render(template, 100, xs=["a"])


@pytest.mark.parametrize(
    ("expression", "value"), [("x | numberformat", 10**4000), ("x | title | length", "e " * 50_000)]
)
def test_slowest_filters_exceed_a_small_step_budget(expression, value):
    with pytest.raises(OverBudget):
        render("{% for i in 1..20 %}{{ " + expression + " }}{% endfor %}", 2000, 20 * MEGABYTE, x=value)
