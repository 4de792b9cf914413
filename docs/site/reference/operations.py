"""The operations of each vendor, with their evidence."""

from __future__ import annotations

from docs.site.reference.markdown import code, plain, table
from mockmail.core.vendor import Vendor
from mockmail.server.discovery import discover

_EVIDENCE = (
    "**confirmed**: the vendor's source, its own client or a live server shows it. **documented**: the vendor's page"
    " shows it. **assumed**: the page leaves it open; the vendor's page here says what was decided."
)


def pages() -> dict[str, str]:
    """Return a page for each vendor."""
    return {f"reference/operations/{vendor.name}.md": _page(vendor) for vendor in discover()}


def _page(vendor: Vendor) -> str:
    operations = sorted(vendor.operations, key=lambda operation: operation.name)
    rows = [
        (
            code(operation.name),
            code(f"{','.join(operation.methods)} {operation.path}"),
            plain(operation.summary),
            f"{operation.evidence.value}: {plain(operation.source)}",
        )
        for operation in operations
    ]
    parts = [
        f"# Operations of {vendor.name}\n",
        (
            f"{vendor.title}: {len(operations)} operations. [The vendor's page](../../vendors/{vendor.name}.md) says"
            f" how a client is pointed at mockmail. {_EVIDENCE}\n"
        ),
        table(("operation", "request", "effect", "evidence"), rows),
    ]
    missing = [
        (code(left_out.name), code(f"{left_out.method} {left_out.path}"), plain(left_out.reason))
        for left_out in vendor.not_emulated
    ]
    if missing:
        parts.append(f"## Not emulated\n\n{table(('operation', 'request', 'reason'), missing)}")
    if vendor.named_errors:
        rows_of_errors = [(code(name), plain(error.message)) for name, error in sorted(vendor.named_errors.items())]
        parts.append(
            f'## Errors\n\nA fault can show these: `faults.add("{vendor.name}", error=...)`.\n\n'
            f"{table(('error', 'text'), rows_of_errors)}"
        )
    variables = [(code(name), code(value)) for name, value in vendor.environment_at("{url}").items()]
    if variables:
        parts.append(
            f"## Variables\n\n`mockmail env {vendor.name}` prints these; `{{url}}` is the server's URL with"
            f" `/{vendor.name}`.\n\n{table(('variable', 'value'), variables)}"
        )
    return "\n".join(parts)
