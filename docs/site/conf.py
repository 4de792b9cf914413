"""The configuration of Sphinx."""

from __future__ import annotations

from mockmail import __version__

project = "mockmail"
version = release = __version__
html_title = f"mockmail {__version__}"
extensions = ["myst_parser"]
nitpicky = True
smartquotes = False
myst_heading_anchors = 4
# An example may be cut ("…"), which no lexer takes.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_theme_options = {
    "navigation_with_keys": True,
    "light_css_variables": {"color-brand-primary": "#1f5fbf", "color-brand-content": "#1f5fbf"},
    "dark_css_variables": {"color-brand-primary": "#7fb0ff", "color-brand-content": "#7fb0ff"},
}
html_favicon = "../../mockmail/page/icon.svg"
html_static_path = ["static"]
html_css_files = ["mockmail.css"]
pygments_dark_style = "github-dark"
highlight_language = "text"  # a block without a language is no Python
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False
