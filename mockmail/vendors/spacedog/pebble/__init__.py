"""Pebble 2.2.3, the template language of SpaceDog's mails, on jinja2's sandbox.

jinja2 compiles and runs: each template becomes a tree of jinja2's own nodes, which its sandbox executes. What differs
is translated on the way, so that a template means what it means to Pebble:

- `lexer` and `parser` read Pebble's tokens, tags and precedences (`~` binds tighter than `|`, `not` looser than `and`);
- `operations` are what the nodes call: each operator, filter and function is a jinja2 filter with Java's semantics;
- variables live in Pebble's own scopes (`scopes`), in which a `set` inside a loop outlives it;
- `budget` bounds a rendering: steps, characters made, nesting.

Importing this package imports jinja2, so it is imported when a template is rendered and not before.
"""
