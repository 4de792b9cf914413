"""The order of the pages in the navigation."""

from __future__ import annotations

from collections.abc import Iterable

SECTIONS = {
    "Tutorial": ("tutorial", "tutorial-ci"),
    "How to: check mail": (
        "how-to/assert-on-a-mail",
        "how-to/wait-for-a-mail",
        "how-to/attachments",
        "how-to/one-time-codes",
        "messages",
        "searching",
        "inbox",
        "requests",
        "page",
        "events",
    ),
    "How to: mail vendors": (
        "senders",
        "senders/postmark",
        "senders/sendgrid",
        "senders/mailgun",
        "senders/ses",
        "senders/resend",
        "senders/brevo",
    ),
    "How to: break things": (
        "how-to/break-a-vendor",
        "how-to/break-smtp",
        "how-to/rate-limits-and-expiry",
        "how-to/debug-a-403",
    ),
    "How to: your project": (
        "testing",
        "how-to/parallel-tests",
        "how-to/fastapi",
        "how-to/flask",
        "how-to/node",
        "how-to/java",
        "how-to/seeds",
        "how-to/hard-coded-hosts",
        "tls",
        "typed",
        "from-mailpit",
        "how-to/from-mailhog",
    ),
    "How to: run it": (
        "desk",
        "container",
        "how-to/github-actions",
        "how-to/gitlab",
        "how-to/kubernetes",
        "data",
        "adding-a-vendor",
    ),
    "Reference": (
        "reference/python",
        "reference/fixtures",
        "reference/command-line",
        "reference/settings",
        "control",
        "reference/control-api",
        "faults",
        "reference/events",
        "reference/errors",
        "reference/sample-message",
    ),
    "Vendors": ("vendors/*", "reference/operations/*"),
    "Explanation": ("architecture", "fidelity", "speed", "limits", "security", "wire/README", "wire/*"),
    "Help": ("troubleshooting", "faq", "changelog", "versions", "contributing", "releasing", "code-of-conduct"),
}
"""Pages by section. `*` takes all pages of a folder that are not named before."""

_START = """# mockmail

```{container} lead

The test double for mail APIs. Point an application at mockmail instead of the vendor: it answers in the vendor's own
format and keeps state. Every message that the application sends, through a vendor's API or by SMTP, arrives in one
inbox, where a test can wait for it and check it. No mail leaves the machine.
```

```{container} cards

- **[Your first passing test](tutorial.md)** From nothing to a test that reads a mail, in two minutes.
- **[Your first green CI job](tutorial-ci.md)** The same with a container, for tests in any language.
- **[How-to pages](how-to/assert-on-a-mail.md)** Each answers one question. Their examples run as tests.
- **[Troubleshooting](troubleshooting.md)** Symptoms, and what to do. [Questions](faq.md) that others had.
- **Reference** Made from the code: [Python](reference/python.md), [settings](reference/settings.md),
  [control API](reference/control-api.md), [command line](reference/command-line.md),
  [errors](reference/errors.md).
- **Explanation** [Architecture](architecture.md), [fidelity and evidence](fidelity.md), [speed](speed.md),
  [limits](limits.md), [security](security.md).
```

[![The web page: the inbox on the left, a message on the right](pictures/inbox.png)](page.md)

The [web page](page.md) of a running server shows mail, requests and state as they change.
"""


def index_page(pages: Iterable[str]) -> str:
    """Return the first page, with the navigation of all pages. Pages without a section are under "More"."""
    left = sorted(page.removesuffix(".md") for page in pages)
    parts = [_START]
    for section, patterns in SECTIONS.items():
        chosen = []
        for pattern in patterns:
            fitting = [page for page in left if _fits(page, pattern)]
            chosen += fitting
            left = [page for page in left if page not in fitting]
        if chosen:
            parts.append(_tree(section, chosen))
    return "\n".join([*parts, _tree("More", left)] if left else parts)


def _fits(page: str, pattern: str) -> bool:
    folder, _, name = pattern.rpartition("/")
    return page == pattern or (name == "*" and page.rpartition("/")[0] == folder)


def _tree(caption: str, pages: Iterable[str]) -> str:
    lines = "\n".join(pages)
    return f"```{{toctree}}\n:caption: {caption}\n:hidden:\n\n{lines}\n```\n"
