"""The vendor Adaxes: the attributes that the core reads before it imports the rest of the package."""

from __future__ import annotations

from mockmail.core.vendor import Vendor


class Adaxes(Vendor):
    """Adaxes REST API: mail and SMS to directory objects, logins, and the objects themselves."""

    name = "adaxes"
    title = "Adaxes REST API"
    path_roots = ("api", "restApi")
    server_header = "Microsoft-IIS/10.0"
    case_insensitive = True
    credentials = {
        "token": "YOUR-SECURITY-TOKEN",
        "username": "administrator@example.com",
        "password": "Secret123!",
    }
    environment = {
        "ADAXES_BASE_URL": "{url}/restApi",
        "ADAXES_TOKEN": credentials["token"],
        "ADAXES_USERNAME": credentials["username"],
        "ADAXES_PASSWORD": credentials["password"],
    }
    fault_statuses = (400, 401, 403, 404, 405, 408, 413, 414, 415, 429, 500, 502, 503, 504)


VENDOR = Adaxes()
