"""The metrics of `/metrics`, read from their counters when they are requested."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from deskcal import __version__
from deskcal.core.zones import zone_data
from deskcal.http.webhook_metrics import webhook_metrics
from deskcal.server.host import ConnectionHost
from deskcal.server.websocket import WebSockets


def registry_of(clients: ConnectionHost, sockets: WebSockets) -> CollectorRegistry:
    """The server's own metrics, and those of its process."""
    registry = CollectorRegistry()
    registry.register(_ServerMetrics(clients, sockets))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class _ServerMetrics:
    """The server's own metrics."""

    def __init__(self, clients: ConnectionHost, sockets: WebSockets) -> None:
        self._dispatcher = clients.dispatcher
        self._admission = clients.admission
        self._clients = clients
        self._sockets = sockets

    def collect(self) -> Iterable[Metric]:
        """The metrics, as prometheus-client collects them."""
        yield self._requests()
        yield self._reminders()
        yield self._connections()
        yield from self._refusals()
        yield self._task_failures()
        services = self._dispatcher.services
        yield from webhook_metrics(services.webhooks)
        yield GaugeMetricFamily(
            "deskcal_writer_queue",
            "Changes that wait for the writer",
            value=services.store.waiting_mutations,
        )
        yield GaugeMetricFamily(
            "deskcal_cache_bytes",
            "Memory of cached events, approximately",
            value=services.store.cached_bytes,
        )
        yield GaugeMetricFamily(
            "deskcal_feed_subscribers",
            "Connections that changes are pushed to",
            value=services.feed.subscriber_count,
        )
        yield CounterMetricFamily(
            "deskcal_feed_resyncs",
            "Subscribers that were too slow and were sent a resync",
            value=services.feed.resyncs,
        )
        yield CounterMetricFamily(
            "deskcal_websocket_messages",
            "Messages that browsers have sent",
            value=self._sockets.messages_total,
        )
        zones = GaugeMetricFamily(
            "deskcal_tzdata", "The release of the time zone database in use", labels=["version"]
        )
        zones.add_metric([zone_data().version], 1)
        yield zones
        build = GaugeMetricFamily("deskcal_build", "The version that runs", labels=["version"])
        build.add_metric([__version__], 1)
        yield build

    def _requests(self) -> Metric:
        requests = CounterMetricFamily(
            "deskcal_requests",
            "Requests that were answered; what is no command counts as one named unknown",
            labels=["command", "status"],
        )
        for (command, status), count in sorted(self._dispatcher.requests().items()):
            requests.add_metric([command, str(status)], count)
        return requests

    def _task_failures(self) -> Metric:
        failures = CounterMetricFamily(
            "deskcal_task_failures",
            "How often a task of the server has failed and was started again",
            labels=["task"],
        )
        for name, count in self._dispatcher.lifecycle.tasks.failures.items():
            failures.add_metric([name], count)
        return failures

    def _reminders(self) -> Metric:
        """Counters of reminders, one for each recipient."""
        found = self._dispatcher.services.reminders
        reminders = CounterMetricFamily(
            "deskcal_reminders", "Reminders, one for each manager", labels=["outcome"]
        )
        for outcome in ("fired", "delivered", "missed"):
            reminders.add_metric([outcome], getattr(found, outcome))
        return reminders

    def _connections(self) -> Metric:
        connections = GaugeMetricFamily(
            "deskcal_connections", "Clients that are connected", labels=["transport"]
        )
        browsers = len(self._sockets.open)
        tcp = self._clients.connection_count - browsers
        connections.add_metric(["tcp"], tcp)
        connections.add_metric(["websocket"], browsers)
        connections.add_metric(["http"], len(self._admission) - tcp - browsers)
        return connections

    def _refusals(self) -> Iterable[Metric]:
        yield CounterMetricFamily(
            "deskcal_connections_refused",
            "Connections that found the server full",
            value=self._admission.refused_total,
        )
        yield CounterMetricFamily(
            "deskcal_connections_evicted",
            "Connections without a valid token that were closed for newer ones",
            value=self._admission.evicted_total,
        )
