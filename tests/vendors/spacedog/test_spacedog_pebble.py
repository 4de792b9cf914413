"""Templates render as in Pebble 2.2.3 (docs/wire/spacedog.md 7)."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.vendors.spacedog.pebble import Budget, Engine, OverBudget, TemplateError, from_json


def render(template: str, steps: int = 100_000, characters: int = 1_000_000, /, **variables: object) -> str:
    return Engine(Budget(steps, characters)).render(template, from_json(variables))


def error_message(template: str, /, **variables: object) -> str:
    with pytest.raises(TemplateError) as caught:
        render(template, **variables)
    return caught.value.message


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{{ x }}", "&lt;b&gt;&amp;&quot;&#39;"),
        ("{{ x | raw }}", "<b>&\"'"),
        ("{{ x | raw | upper }}", "&lt;B&gt;&amp;&quot;&#39;"),
        ("{{ '<b>' }}", "<b>"),
        ("{{ true ? '<b>' : x }}", "<b>"),
        ("{{ false ? '<b>' : x }}", "&lt;b&gt;&amp;&quot;&#39;"),
        ("{{ x | escape }}", "&lt;b&gt;&amp;&quot;&#39;"),
        ("{% autoescape false %}{{ x }}{% endautoescape %}", "<b>&\"'"),
        ("{% autoescape 'js' %}{{ x }}{% endautoescape %}", "<b>&\\\"\\'"),
        ("{{ x | escape('url_param') }}", "%3Cb%3E%26%22%27"),
        ("{% filter upper %}<i>{% endfilter %}", "&lt;I&gt;"),
        ("{{ '<' ~ x }}", "&lt;&lt;b&gt;&amp;&quot;&#39;"),
        ("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(x) }}", "<&lt;b&gt;&amp;&quot;&#39;>"),
        ("{% block b %}<{{ x }}>{% endblock %}", "<&lt;b&gt;&amp;&quot;&#39;>"),
    ],
)
def test_printed_values_are_escaped_as_html(template, printed):
    assert render(template, x="<b>&\"'") == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (True, "true"),
        (None, ""),
        (1, "1"),
        (1.0, "1.0"),
        (12345678.5, "1.23456785E7"),
        (0.00015, "1.5E-4"),
        (-0.001, "-0.001"),
        (1e300, "1.0E300"),
        ([], "[]"),
        (["a", 1, 2.5, None, True], "[a, 1, 2.5, null, true]"),
        ({"a": "b", "c": [1]}, "{a=b, c=[1]}"),
        (1 << 70, "1180591620717411303424"),
    ],
)
def test_values_print_as_java_prints_them(value, printed):
    assert render("{{ x }}", x=value) == printed


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("a {{ 1 }}\nb", "a 1b"),
        ("a {{ 1 }}\n\nb", "a 1\nb"),
        ("{% if true %}\nx\n{% endif %}\ny", "x\ny"),
        ("{# c #}\nz", "z"),
        ("{{ 1 }}\r\nb", "1b"),
        ("a  {{- ' x ' -}}  b", "a x b"),
        ("a {%- if true -%} b {%- endif -%} c", "abc"),
        ("{% verbatim %}{{ x }}{% endverbatim %}", "{{ x }}"),
        ("plain { text } % }", "plain { text } % }"),
        ("{# {{ x }} #}a", "a"),
    ],
)
def test_blanks_around_delimiters_are_kept_or_trimmed_as_pebble_does(template, printed):
    assert render(template) == printed


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("1 + 2 * 3", "7"),
        ("7 / 2", "3"),
        ("7.0 / 2", "3.5"),
        ("-7 % 3", "-1"),
        ("9223372036854775807 + 1", "-9223372036854775808"),
        ("i + i", "-2"),
        ("1.0 / 0", "Infinity"),
        ("'a' + 1", "a1"),
        ("'a' ~ 1 ~ null", "a1"),
        ("'a' ~ 'b' | upper", "AB"),
        ("1 == 1.0", "true"),
        ("'a' equals 'a'", "true"),
        ("'a' != 'b'", "true"),
        ("2 >= 2 and 1 < 2", "true"),
        ("null > 1", "false"),
        ("not true and false", "true"),
        ("not (true or false)", "false"),
        ("[1, 2] contains 2", "true"),
        ("{'a': 1} contains 'a'", "true"),
        ("'abc' contains 'bc'", "true"),
        ("1..4", "[1, 2, 3, 4]"),
        ("'a'..'c'", "[a, b, c]"),
        ("1 is odd", "true"),
        ("2 is not even", "false"),
        ("nothing is null", "true"),
        ("'  ' is empty", "true"),
        ("nothing is defined", "false"),
        ("[1] is iterable", "true"),
        ("{'a': 1} is map", "true"),
        ("true ? 'y' : 'n'", "y"),
        ("nothing ? 'y' : 'n'", "n"),
        ("-(1 + 2)", "-3"),
        ("[1] + 2", "[1, 2]"),
        ("[1, 2, 1] - 1", "[2]"),
        ('"it\\"s"', 'it"s'),
        ("max(1, 5, 2) ~ min(3, 1)", "51"),
        ("range(1, 9, 3)", "[1, 4, 7]"),
        ("range(3, 1, -1)", "[3, 2, 1]"),
    ],
)
def test_expression_prints_the_same_value_as_in_pebble(expression, printed):
    assert render("{{ " + expression + " }}", i=2147483647) == printed


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("'some long text' | abbreviate(8)", "some ..."),
        ("'abc' | abbreviate(2)", "abc"),
        ("-5 | abs", "5"),
        ("' hello world' | capitalize", " Hello world"),
        ("'2016-12-01' | date('dd/MM/yy', existingFormat='yyyy-MM-dd')", "01/12/16"),
        (
            "'20161201 1530' | date(\"EEEE d MMMM yyyy 'at' h:mm a\", 'yyyyMMdd HHmm')",
            "Thursday 1 December 2016 at 3:30 PM",
        ),
        ("nothing | default('none')", "none"),
        ("'x' | default('none')", "x"),
        ("[3, 1] | first", "3"),
        ("'abc' | last", "c"),
        ("['a', 1] | join(', ')", "a, 1"),
        ("'ABC' | lower", "abc"),
        ("1234567.891 | numberformat", "1,234,567.891"),
        ("1234.5 | numberformat('#,##0.00')", "1,234.50"),
        ("0.256 | numberformat('0%')", "26%"),
        ("-3 | numberformat('000')", "-003"),
        ("['a', 'b', 'c'] | slice(1, 2)", "[b]"),
        ("'abcdef' | slice(2)", "cdef"),
        ("[3, 1, 2] | sort", "[1, 2, 3]"),
        ("[3, 1, 2] | rsort", "[3, 2, 1]"),
        ("'the quick fox' | title", "The Quick Fox"),
        ("'  a ' | trim", "a"),
        ("'abc' | upper", "ABC"),
        ("'a b&ü' | urlencode", "a+b%26%C3%BC"),
        ("'abc' | length", "3"),
        ("nothing | length", "0"),
        ("'I like %this%' | replace({'%this%': 'foo'})", "I like foo"),
        ("[1] | merge([2])", "[1, 2]"),
        ("{'a': 1} | merge({'b': 2})", "{a=1, b=2}"),
        ("nothing | upper", ""),
    ],
)
def test_filter_prints_the_same_text_as_in_pebble(expression, printed):
    assert render("{{ " + expression + " }}") == printed


def test_loop_variable_has_index_from_0_length_first_and_last():
    template = (
        "{% for x in xs %}{{ loop.index }}/{{ loop.length }}/{{ loop.revindex }}{{ loop.first }}{{ loop.last }};"
        "{% endfor %}"
    )
    assert render(template, xs=["a", "b"]) == "0/2/1truefalse;1/2/0falsetrue;"


def test_loop_over_empty_list_renders_else_and_loop_over_null_renders_nothing():
    template = "{% for x in xs %}{{ x }}{% else %}none{% endfor %}"
    assert render(template, xs=[]) == "none"
    assert render(template) == ""


def test_loop_over_map_yields_entries():
    assert render("{% for e in m %}{{ e.key }}={{ e.value }};{% endfor %}", m={"a": 1, "b": 2}) == "a=1;b=2;"


def test_variable_set_in_a_loop_keeps_its_value_after_the_loop():
    assert render("{% set n = 0 %}{% for x in xs %}{% set n = n + x %}{% endfor %}{{ n }}", xs=[1, 2, 3]) == "6"


def test_macro_sees_only_its_arguments_and_can_be_called_before_its_definition():
    template = "{{ m('a') }}{{ m(b='b', a='c') }}{% macro m(a, b='z') %}[{{ a }}{{ b }}{{ x }}]{% endmacro %}"
    assert render(template, x="outside") == "[az][cb]"


def test_members_of_maps_lists_and_texts_can_be_read():
    variables = {"m": {"a": {"b": [1, 2]}}, "s": "abc"}
    assert (
        render("{{ m.a.b[1] }} {{ m['a'].b.size }} {{ s.length() }} {{ m.x.y.z }}{{ m.a.b[9] }}", **variables)
        == "2 2 3 "
    )


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{% if x %}y{% endif %}", 'Expected a Boolean in "if" statement ({% if x %}y{% endif %}:1)'),
        ("{{ x and true }}", "java.lang.String cannot be cast to java.lang.Boolean"),
        ("{{ x | nope }}", "Filter [nope] does not exist. ({{ x | nope }}:1)"),
        ("{{ nope() }}", "Function or Macro [nope] does not exist. ({{ nope() }}:?)"),
        ("{{ x is nope }}", "Test [nope] does not exist. ({{ x is nope }}:1)"),
        ("{% nope %}", 'Unexpected tag name "nope" ({% nope %}:1)'),
        ("a\n{% nope %}", 'Unexpected tag name "nope" (a\n{% nope %}:2)'),
        ("{{ 1 / 0 }}", "/ by zero"),
        ("{{ 'a' - 1 }}", "invalid operands for mathematical operation [SUBTRACT]"),
        ("{{ 'a' < 1 }}", "invalid operands for mathematical comparison [LESS_THAN]"),
        ("{% for a in 5 %}{% endfor %}", "Not an iterable object. Value = [5] ({% for a in 5 %}{% endfor %}:1)"),
        ("{{ (1 }}", 'Unclosed ")" ({{ (1 }}:1)'),
        ("{# x", "Unclosed comment. ({# x:1)"),
        ("{{ x | abbreviate('a') }}", "java.lang.String cannot be cast to java.lang.Long"),
        (
            "{{ x | default(1, 2) }}",
            "The argument at position 2 is not allowed. Only 1 argument(s) are allowed. ({{ x | default(1, 2) }}:1)",
        ),
        ("{{ x | abbreviate(0 - 1) }}", "Invalid argument to abbreviate filter; must be greater than zero"),
        ("{{ null | abs }}", 'Can not pass null value to "abs" filter.'),
        ("{{ x | abs }}", "java.lang.String cannot be cast to java.lang.Double"),
        ("{{ null is even }}", 'Can not pass null value to "even" test.'),
        ("{{ 'a' is even }}", "java.lang.String cannot be cast to java.lang.Long"),
        ("{{ '' | last }}", "java.lang.String cannot be cast to java.util.Collection"),
        ("{{ x | numberformat }}", "java.lang.String cannot be cast to java.lang.Number"),
        ("{{ [1, 'a'] | sort }}", "java.lang.Long cannot be cast to java.lang.Comparable"),
        ("{{ x | replace(null) }}", "The argument 'replace_pairs' is required."),
        ("{{ x | slice(0 - 1) }}", "fromIndex must be greater than 0"),
        ("{{ x | slice(0, 99) }}", "toIndex must be smaller than input size: 4"),
        ("{{ x | slice(3, 2) }}", "toIndex must be greater than fromIndex"),
        ("{{ x | slice('a') }}", "Argument fromIndex must be a number. Actual type: java.lang.String"),
        (
            "{{ 5 | slice(0, 1) }}",
            "Slice filter can only be applied to String, List and array inputs. Actual type was: java.lang.Long",
        ),
        ("{{ null | merge(null) }}", "The two arguments to be merged are null"),
        ("{{ x | merge([1]) }}", "The object being filtered is not a Map/List/Array"),
        (
            "{{ [1] | merge(x) }}",
            "Currently, only Maps and Lists can be merged with a List. Arg2: java.lang.String",
        ),
        ("{% set true = 1 %}", "Can not assign a value to true ({% set true = 1 %}:1)"),
        (
            "{% include 'x' %}",
            "the tag include is not emulated: templates are known by their text alone ({% include 'x' %}:1)",
        ),
    ],
)
def test_invalid_template_is_refused_with_pebbles_message(template, words):
    assert error_message(template, x="text") == words


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.class }}{{ x.getClass() }}{{ x.class.forName('java.lang.Runtime') }}",
        "{{ x.__class__.__mro__ }}{{ x['__class__'] }}",
        "{{ self }}{{ run }}{{ context }}{{ environment }}{{ __builtins__ }}{{ loop }}",
        "{{ xs.append }}{{ xs.clear() }}{{ m.pop('a') }}",
    ],
)
def test_template_cannot_reach_python_or_java_internals(template):
    assert render(template, x="text", xs=[], m={}) == ""


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in 1..1000 %}{% for b in 1..1000 %}x{% endfor %}{% endfor %}",
        "{{ range(1, 9223372036854775807) }}",
        "{{ range(-9223372036854775807, 9223372036854775807, 2) | length }}",
        "{% set s = 'xxxxxxxxxx' %}{% for i in 1..99 %}{% set s = s ~ s %}{% endfor %}{{ s }}",
        "{% set s = [1] %}{% for i in 1..99 %}{% set s = s + s %}{% endfor %}",
        "{% set s = [1] %}{% for i in 1..40 %}{% set s = [s, s] %}{% endfor %}{{ s }}",
        "{% set s=1 %}{% set t=1 %}{% for i in 1..40 %}{% set s=[s, s] %}{% set t=[t, t] %}{% endfor %}{{ s == t }}",
        "{% set s = 'aaaaaaaaaa' %}{% for i in 1..99 %}{% set s = s | replace({'a': 'aaaa'}) %}{% endfor %}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% block b %}{{ block('b') }}{% endblock %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{{ " + "-" * 500 + "1 }}",
        "{{ " + " + ".join("1" * 500) + " }}",
        "{% if true %}" * 100 + "{% endif %}" * 100,
        "{% for a in 1..2 %}" * 30 + "{% endfor %}" * 30,
        "{{ 1 }}" * 100_000,
        "{% macro m() %}{% for i in 1..9999 %}" + "x" * 1000 + "{% endfor %}{% endmacro %}{{ m() }}",
        "{{ '" + "x" * 500_000 + "' | upper | lower | upper }}",
    ],
)
def test_expensive_template_is_stopped_by_its_budget_within_seconds(template):
    threads = threading.active_count()
    begun = time.process_time()
    with pytest.raises(OverBudget):
        render(template)
    assert time.process_time() - begun < 5
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'1' | date('yyyy', 'y' ~ x)", "Mdy" * 2000),
        ("'1' | date(x, 'yyyy')", "Mdy" * 2000),
        ("x.entrySet", dict.fromkeys(map(str, range(60_000)), 1)),
        ("x | title", "a " * 100_000),
    ],
)
def test_slow_operation_on_a_long_value_exceeds_the_budget(expression, value):
    with pytest.raises(OverBudget):
        render("{% set y = " + expression + " %}", 3_000, x=value)


def test_long_concatenation_and_nesting_below_the_bounds_are_rendered():
    assert render("{{ " + " ~ ".join(["'ab'"] * 500) + " | length }}") == "1000"
    assert render("{% if true %}" * 11 + "x" + "{% endif %}" * 11) == "x"
    assert render("{% for a in 1..2 %}" * 11 + "x" + "{% endfor %}" * 11) == "x" * 2048
    assert render("{{ " + "(" * 30 + "1" + ")" * 30 + " }}") == "1"


PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "if",
        "for",
        "else",
        "elseif",
        "endif",
        "endfor",
        "in",
        "set",
        "x",
        "xs",
        "=",
        "==",
        "+",
        "~",
        "|",
        "..",
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "1",
        "2.5",
        "'a'",
        '"b',
        "macro",
        "m",
        "endmacro",
        "block",
        "endblock",
        "filter",
        "endfilter",
        "upper",
        "join",
        "default",
        "is",
        "not",
        "empty",
        "and",
        "or",
        "true",
        "null",
        "contains",
        "loop",
        "verbatim",
        "endverbatim",
        "autoescape",
        "endautoescape",
        "range",
        "max",
        "abbreviate",
        "date",
        "slice",
        "\n",
        "\\",
        "é",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=60))
def test_random_template_is_rendered_or_raises_template_error(template):
    with suppress(TemplateError):
        assert render(template, 5_000, 50_000, x="text", xs=[1, "b", None], m={"a": 1}).encode() is not None


EXPRESSIONS = st.recursive(
    st.sampled_from(
        [
            *("x", "xs", "m", "n", "e", "loop", "big", "(x | raw)"),
            *("1", "2.5", "'a'", "'+-1'", "null", "true", "[]", "{}", "9223372036854775807", "9" * 320 + ".5"),
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(["+", "-", "*", "/", "%", "~", "..", "==", "!=", "<", ">=", "and", "or", "contains"]),
            inner,
        ).map(" ".join),
        st.tuples(
            inner,
            st.sampled_from(
                [
                    "upper",
                    "abs",
                    "title",
                    "length",
                    "first",
                    "last",
                    "sort",
                    "rsort",
                    "trim",
                    "date('yyyy','yy')",
                    "join(x)",
                    "slice(1)",
                    "slice(n,2)",
                    "default(1)",
                    "merge(m)",
                    "merge(xs)",
                    "replace(m)",
                    "numberformat",
                    "numberformat(x)",
                    "abbreviate(2)",
                    "urlencode",
                    "raw",
                    "escape(x)",
                    "capitalize",
                ]
            ),
        ).map(" | ".join),
        st.tuples(inner, st.sampled_from(["empty", "even", "odd", "map", "iterable", "null"])).map(" is ".join),
        inner.map("({})".format),
        inner.map("not {}".format),
        inner.map("-{}".format),
        inner.map("range(1, {})".format),
        inner.map("max({}, 1)".format),
        inner.map("block({})".format),
        inner.map("(x | escape({}))".format),
        inner.map("(x | date({0}, {0}))".format),
        inner.map("(xs | join({}))".format),
        st.tuples(inner, st.sampled_from(["size", "get(e)", "get(n)", "containsKey(e)", "values", "key", "trim"])).map(
            "({0[0]}).{0[1]}".format
        ),
        st.tuples(inner, inner).map("({0[0]})[{0[1]}]".format),
        st.tuples(inner, inner, inner).map("{0[0]} ? {0[1]} : {0[2]}".format),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_random_expression_is_rendered_or_raises_template_error(expression):
    template = "{% for e in m %}{{ " + expression + " }}{% endfor %}"
    variables = {"x": "text", "xs": [1, "b", None], "m": {"a": 1, "b": [1]}, "n": 3, "big": 10**400}
    with suppress(TemplateError):
        assert render(template, 20_000, 100_000, **variables).encode() is not None
