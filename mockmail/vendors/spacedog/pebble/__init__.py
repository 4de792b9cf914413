"""Render Pebble 2.2.3, the template language of SpaceDog's mails, on jinja2's sandbox; see README.md.

Importing a module of this package imports jinja2, so import it only when a template is rendered.
"""
