"""The vendor atmail."""

from __future__ import annotations

from mockmail.core.vendor import Vendor


class Atmail(Vendor):
    """atmail mail server 1.0: admin users, accounts, aliases and domains."""

    name = "atmail"
    title = "atmail mail server"
    path_roots = ("admin",)
    server_header = "Apache"
    body_type = "application/x-www-form-urlencoded"
    hosts_mailboxes = True
    credentials = {"username": "admin", "password": "changeme"}
    environment = {
        "ATMAIL_URL": "{url}/admin/index.php/api",
        "ATMAIL_USERNAME": credentials["username"],
        "ATMAIL_PASSWORD": credentials["password"],
    }

    # The errors that an old page of the vendor lists (docs/wire/atmail.md 1.4), and those of a gateway.
    fault_statuses = (400, 401, 403, 404, 405, 412, 500, 501, 502, 503, 504)


VENDOR = Atmail()
