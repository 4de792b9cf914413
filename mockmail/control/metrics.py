"""`/_mockmail/metrics`: the counters of all sandboxes of a server, for Prometheus.

Counting begins with the first request for the metrics, so that they cost nothing until somebody reads them. The first
response contains the requests that the journals keep, and all messages that are stored.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from mockmail._version import __version__
from mockmail.control.route import ControlRequest, ControlResponse, route
from mockmail.core.journal import Exchange
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.world import World

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The bounds of the histogram of response times."""


class Metrics:
    """The counters of a server, in a registry of their own.

    The labels are names of vendors and operations and HTTP statuses, so that no client can make them grow without end.
    """

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes
        self._registry = registry = CollectorRegistry()
        labels = ("vendor", "operation", "status")
        self._requests = Counter("mockmail_requests", "Requests to vendors", labels, registry=registry)
        self._seconds = Histogram(
            "mockmail_request_seconds", "Seconds until the response", ("vendor",), buckets=SECONDS, registry=registry
        )
        self._faults = Counter("mockmail_faults_met", "Requests that met a fault", ("vendor",), registry=registry)
        self._messages = Counter("mockmail_messages", "Messages that arrived", registry=registry)
        Info("mockmail", "The version of mockmail", registry=registry).info({"version": __version__})
        self._gauges()
        for world in sandboxes:
            for exchange in world.journal:
                self._count_request(exchange)
            self._messages.inc(len(world.mail))
            self._observe(world, is_new=True)
        sandboxes.observe(lambda world, is_new: self._observe(world, is_new=is_new))

    def text(self) -> bytes:
        """Return the metrics in the text format of Prometheus."""
        return generate_latest(self._registry)

    def _gauges(self) -> None:
        gauges = {
            "mockmail_sandboxes": ("Sandboxes in use", lambda: len(self._sandboxes)),
            "mockmail_messages_stored": (
                "Messages in the stores",
                lambda: sum(len(world.mail) for world in self._sandboxes),
            ),
            "mockmail_requests_kept": (
                "Requests in the journals",
                lambda: sum(len(world.journal) for world in self._sandboxes),
            ),
        }
        for name, (text, read) in gauges.items():
            Gauge(name, text, registry=self._registry).set_function(read)

    def _observe(self, world: World, *, is_new: bool) -> None:
        if is_new:
            world.journal.observe(self._count_request)
            world.mail.observe(lambda _: self._messages.inc())

    def _count_request(self, exchange: Exchange) -> None:
        vendor = exchange.vendor or ""
        self._requests.labels(vendor, exchange.operation or "", str(exchange.status)).inc()
        self._seconds.labels(vendor).observe(exchange.seconds)
        if exchange.fault is not None:
            self._faults.labels(vendor).inc()


@route(
    "GET",
    "metrics",
    responses={200: "The metrics, in the text format of Prometheus."},
    returns=bytes,
    media_type="text/plain",
)
async def show_metrics(request: ControlRequest) -> ControlResponse:
    """Show the counters of all sandboxes, for Prometheus."""
    return ControlResponse(request.metrics().text(), content_type=CONTENT_TYPE_LATEST)


ROUTES = (show_metrics,)
