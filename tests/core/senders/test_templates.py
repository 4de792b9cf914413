"""Templates of the Handlebars family."""

from __future__ import annotations

from contextlib import suppress

import pytest
from call_counter import calls

from mockmail.core.senders import template_parser, templates
from mockmail.core.senders.templates import MissingVariable, Renderer, TemplateError, TemplateRules

DATA = {
    "name": "<Jane>",
    "zero": 0,
    "price": 3.0,
    "none": None,
    "yes": True,
    "list": ["a", "b"],
    "empty": [],
    "person": {"name": "Bob", "city": {"name": "Bonn"}},
}


def render(source, rules=None, *, html=True, data=DATA, **private):
    return Renderer(rules or TemplateRules()).render(source, data, html=html, private=private)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain } { text", "plain } { text"),
        ("{{name}} {{{name}}} {{&name}} {{ name }}", "&lt;Jane&gt; <Jane> <Jane> &lt;Jane&gt;"),
        ("{{zero}} {{price}} {{none}} {{yes}} {{missing}} {{list}}", "0 3  true  a,b"),
        ("{{person.city.name}} {{person/name}} {{list.1}} {{list.[0]}} {{list.length}}", "Bonn Bob b a 2"),
        ("{{#if name}}a{{else}}b{{/if}}{{#if zero}}c{{else}}d{{/if}}", "ad"),
        ("{{#if none}}a{{else if yes}}b{{else}}c{{/if}}", "b"),
        ("{{#unless none}}a{{/unless}}", "a"),
        ("{{#each list}}{{@index}}{{this}}{{#if @last}}.{{else}},{{/if}}{{/each}}", "0a,1b."),
        ("{{#each empty}}x{{else}}nothing{{/each}}", "nothing"),
        ("{{#each person.city}}{{@key}}={{this}}{{/each}}", "name=Bonn"),
        ("{{#each list}}{{../person.name}}{{@root.name}} {{/each}}", "Bob&lt;Jane&gt; Bob&lt;Jane&gt; "),
        ("{{#with person}}{{name}}{{#with city}}{{name}}{{../name}}{{/with}}{{/with}}", "BobBonnBob"),
        ("{{#person}}{{name}}{{/person}}{{^none}}no{{/none}}{{^name}}x{{/name}}", "Bobno"),
        ("{{#list}}[{{.}}]{{/list}}{{#yes}}{{name}}{{/yes}}", "[a][b]&lt;Jane&gt;"),
        ("a {{~name~}} b", "a&lt;Jane&gt;b"),
        ("a{{! a comment }}b{{!-- one with }} in it --}}c", "abc"),
        ("{{@content}}", "<b>"),
    ],
)
def test_template_is_rendered(source, expected):
    rules = TemplateRules()
    if source == "{{@content}}":
        source = "{{{@content}}}"
    assert render(source, rules, content="<b>") == expected


def test_text_is_not_escaped():
    assert render("{{name}}", html=False) == "<Jane>"


def test_sections_of_lists_repeat_only_where_the_vendor_repeats_them():
    assert render("{{#list}}x{{/list}}", TemplateRules(iterates_sections=False)) == "x"


def test_helpers_are_the_vendors():
    rules = TemplateRules(
        conditions={"equals": lambda arguments: str(arguments[0]) == str(arguments[1])},
        functions={"insert": lambda arguments, named: arguments[0] or named.get("default", "")},
    )

    source = (
        '{{#equals zero "0"}}same{{else}}other{{/equals}} {{insert missing default="x y"}} {{insert (insert name)}}'
    )

    assert render(source, rules, html=False) == "same x y <Jane>"


def test_missing_variable_is_an_error_where_the_vendor_says_so():
    rules = TemplateRules(missing_is_error=True)

    assert render("{{#if missing}}x{{/if}}{{none}}", rules) == ""
    with pytest.raises(MissingVariable) as refused:
        render("{{person.age}}", rules)

    assert refused.value.name == "person.age"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{name", "the tag at character 0 is not closed"),
        ("{{{name}}", "is not closed with }}}"),
        ("{{#if name}}", "the block 'if' is not closed"),
        ("{{#if name}}{{/each}}", "the block 'if' is closed as 'each'"),
        ("{{/if}}", "'if' is closed and was not opened"),
        ("{{else}}", "else stands outside of a block"),
        ("{{}}", "a tag is empty"),
        ('{{name "a}}', "cannot be read"),
        ("{{name (a}}", r"a '\)' is missing"),
        ("{{name a)}}", r"unexpected '\)'"),
        ("{{> part}}", "partials are not supported"),
        ("{{nothing name}}", "there is no helper 'nothing'"),
    ],
)
def test_broken_template_is_refused(source, words):
    with pytest.raises(TemplateError, match=words):
        render(source)


@pytest.mark.parametrize("tag", ["{{f 1}}", "{{f(1)}}", "{{!}}{{/if}}{{#if 1}}", "{{else}}"])
def test_template_may_have_as_many_parts_as_the_bound(tag):
    def counted(parts):
        each = {"{{f 1}}": 3, "{{f(1)}}": 5, "{{!}}{{/if}}{{#if 1}}": 4, "{{else}}": 1}[tag]
        return "{{#if 1}}" + tag * ((parts - 4) // each) + "{{else}}" * ((parts - 4) % each) + "{{/if}}"

    rules = TemplateRules(functions={"f": lambda arguments, _: arguments[0]})

    render(counted(template_parser.MOST_PARTS), rules)
    with pytest.raises(TemplateError, match="has more than 20000 tags and parts of tags"):
        render(counted(template_parser.MOST_PARTS + 1), rules)


def test_one_tag_with_more_parts_than_the_bound_is_refused():
    with pytest.raises(TemplateError, match="has more than 20000 tags and parts of tags"):
        render("{{if" + " 1" * template_parser.MOST_PARTS + "}}")


def test_blocks_may_be_nested_up_to_the_bound():
    def nested(depth):
        return "{{#if yes}}" * depth + "x" + "{{/if}}" * depth

    assert render(nested(template_parser.MOST_DEPTH)) == "x"
    with pytest.raises(TemplateError, match="nested deeper than 50"):
        render(nested(template_parser.MOST_DEPTH + 1))


def test_sub_expressions_may_be_nested_up_to_the_bound():
    rules = TemplateRules(functions={"f": lambda arguments, _: arguments[0]})

    def nested(depth):
        return "{{f " + "(f " * depth + "1" + ")" * depth + "}}"

    assert render(nested(template_parser.MOST_DEPTH), rules) == "1"
    with pytest.raises(TemplateError, match="sub-expressions are nested deeper than 50"):
        render(nested(template_parser.MOST_DEPTH + 1), rules)


def test_renders_of_a_request_share_their_steps(monkeypatch):
    monkeypatch.setattr(templates, "MOST_STEPS", 10)
    renderer = Renderer(TemplateRules())

    renderer.render("{{a}}{{b}}{{c}}{{d}}{{e}}", {}, html=False)
    renderer.render("{{a}}{{b}}{{c}}{{d}}{{e}}", {}, html=False)
    with pytest.raises(TemplateError, match="more than 10 steps"):
        renderer.render("{{a}}", {}, html=False)


def test_next_message_has_its_own_share_of_the_steps(monkeypatch):
    monkeypatch.setattr(templates, "MOST_STEPS", 10)
    renderer = Renderer(TemplateRules(), share=0.5)

    renderer.render("{{a}}{{b}}{{c}}{{d}}{{e}}", {}, html=False)
    renderer.next_message()
    renderer.render("{{a}}{{b}}{{c}}{{d}}{{e}}", {}, html=False)

    with pytest.raises(TemplateError, match="more than 5 steps"):
        renderer.render("{{a}}", {}, html=False)


def test_output_is_bounded(monkeypatch):
    monkeypatch.setattr(templates, "LARGEST_OUTPUT", 20)

    assert render("{{#each list}}0123456789{{/each}}") == "0123456789" * 2
    with pytest.raises(TemplateError, match="more than 20 characters"):
        render("{{#each list}}0123456789x{{/each}}")


@pytest.mark.parametrize(
    "piece", ["{{a}}", "{{#a}}", "{{", "{{{", "{{!", "{{~", "}}", "{{a.", "{{a [", '{{a "', "{{(", "{{a b=", "{{else}}"]
)
def test_cost_of_any_template_grows_no_faster_than_the_template(piece):
    def cost(count):
        def attempt():
            with suppress(TemplateError):
                render(piece * count)

        return calls(attempt)

    assert cost(2000) <= 3 * cost(1000) + 1000


def test_variables_of_a_template_are_listed_once():
    renderer = Renderer(TemplateRules())

    assert renderer.variables("{{a.b}} {{#if c}}{{a}}{{else}}{{{d}}}{{/if}} {{@root}}") == ["a", "c", "d"]


def test_path_with_many_steps_up_is_read_once():
    copied = 0

    class Path(str):
        __slots__ = ()

        def __getitem__(self, place):
            return self._copy(super().__getitem__(place))

        def lstrip(self, characters):
            return self._copy(super().lstrip(characters))

        def _copy(self, part):
            nonlocal copied
            copied += len(part)
            return Path(part)

    path = template_parser._path(Path("../" * 1000 + "a"))

    assert (path.up, path.parts, copied <= len(path.text)) == (1000, ("a",), True)


@pytest.mark.parametrize("template", ["{{#both%s}}{{/both}}", "{{both%s}}", "{{f%s}}", "{{f (f%s)}}"])
def test_each_argument_of_a_helper_counts_as_a_step(template, monkeypatch):
    monkeypatch.setattr(templates, "MOST_STEPS", 100)
    rules = TemplateRules(conditions={"both": all}, functions={"f": lambda *_: ""})

    render(template % (" 1" * 30), rules)
    with pytest.raises(TemplateError, match="more than 100 steps"):
        render(template % (" 1" * 100), rules)


def test_named_argument_of_a_helper_counts_as_a_step(monkeypatch):
    monkeypatch.setattr(templates, "MOST_STEPS", 100)
    rules = TemplateRules(functions={"f": lambda *_: ""})

    with pytest.raises(TemplateError, match="more than 100 steps"):
        render("{{f" + "".join(f" a{number}=1" for number in range(100)) + "}}", rules)


@pytest.mark.parametrize("template", ["{{#both large}}{{/both}}", "{{f large}}", "{{f n=large}}", "{{large}}"])
@pytest.mark.parametrize("large", [["x"] * 200, [[[]] * 50] * 4, "x" * 200])
def test_value_that_a_helper_reads_counts_with_all_its_parts(template, large, monkeypatch):
    monkeypatch.setattr(templates, "MOST_STEPS", 190)
    monkeypatch.setattr(templates, "LARGEST_OUTPUT", 190)
    rules = TemplateRules(conditions={"both": all}, functions={"f": lambda *_: ""})

    with pytest.raises(TemplateError, match="more than 190"):
        render(template, rules, data={"large": large})
