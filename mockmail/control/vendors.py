"""`/_mockmail/vendors`: the vendors, with their addresses, operations and evidence; examples of requests."""

from __future__ import annotations

from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.errors import Problem, UnknownName
from mockmail.core.vendor import Vendor


class OperationFacts(Fields, frozen=True, kw_only=True):
    """An operation. source: where its behaviour is written down."""

    name: str
    methods: list[str]
    path: str
    summary: str
    evidence: str
    source: str


class MissingOperation(Fields, frozen=True, kw_only=True):
    """An operation that the vendor has and mockmail does not serve."""

    name: str
    method: str
    path: str
    reason: str


class VendorFacts(Fields, frozen=True, kw_only=True):
    """A vendor. url: the base URL for clients. root: the URL below which the paths of its operations are.

    environment: the variables of clients, as `mockmail env` prints them.
    errors: the vendor's own errors that a fault can show, with the text of each.
    """

    name: str
    title: str
    url: str
    root: str
    credentials: dict[str, str]
    environment: dict[str, str]
    errors: dict[str, str]
    operations: list[OperationFacts]
    not_emulated: list[MissingOperation]


class VendorList(Fields, frozen=True, kw_only=True):
    """The vendors of the server, by name."""

    vendors: list[VendorFacts]


class ExampleRequest(Fields, frozen=True, kw_only=True):
    """A request that succeeds while the records of the seed are there. path: below the vendor's root, with a query.

    after: the operations whose examples make what it needs.
    """

    operation: str
    method: str
    path: str
    headers: dict[str, str]
    body: str
    after: list[str]


class ExampleList(Fields, frozen=True, kw_only=True):
    """Examples, by the name of the operation. headers: the credentials that every request of the vendor needs."""

    headers: dict[str, str]
    examples: list[ExampleRequest]


@route("GET", "vendors", returns=VendorList)
async def list_vendors(request: ControlRequest) -> ControlResponse:
    """List the vendors with their addresses, credentials and operations."""
    usable = sorted((vendor for vendor in request.vendors if vendor.is_usable), key=lambda vendor: vendor.name)
    return ControlResponse(VendorList(vendors=[_facts(vendor, request) for vendor in usable]))


@route(
    "GET",
    "vendors/{vendor}/examples",
    responses={200: "The examples.", 404: "There is no such vendor."},
    returns=ExampleList,
)
async def list_examples(request: ControlRequest) -> ControlResponse:
    """List a request for each operation of a vendor, with credentials, for the client that calls this."""
    try:
        vendor = request.vendors.named(request.path["vendor"])
    except UnknownName as error:
        raise Problem(404, str(error)) from error
    found = vendor.examples()
    common = {**found["headers"], **vendor.example_headers(request.world, request.headers.get("User-Agent", ""))}
    examples = [
        ExampleRequest(
            operation=name,
            method=example["method"],
            path=example["path"],
            headers={**common, **example.get("headers", {})},
            body=example.get("body", ""),
            after=example.get("after", []),
        )
        for name, example in sorted(found["examples"].items())
    ]
    return ControlResponse(ExampleList(headers=common, examples=examples))


def _facts(vendor: Vendor, request: ControlRequest) -> VendorFacts:
    root = f"{request.base_url}/{vendor.name}"
    operations = sorted(vendor.operations, key=lambda operation: operation.name)
    return VendorFacts(
        name=vendor.name,
        title=vendor.title,
        url=vendor.client_url(request.base_url),
        root=root,
        credentials=dict(vendor.credentials),
        environment=vendor.environment_at(root),
        errors={name: error.message for name, error in vendor.named_errors.items()},
        operations=[
            OperationFacts.of(operation, methods=list(operation.methods), evidence=operation.evidence.value)
            for operation in operations
        ],
        not_emulated=[MissingOperation.of(missing) for missing in vendor.not_emulated],
    )


ROUTES = (list_vendors, list_examples)
