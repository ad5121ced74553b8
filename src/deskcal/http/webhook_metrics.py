"""The metrics of webhooks, those of this node."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from deskcal.core.webhooks import WebhookState
from deskcal.live.webhook_sender import WebhookSender


def webhook_metrics(sender: WebhookSender) -> Iterable[Metric]:
    """Hooks by state on every node; the rest on the node that sends, one row for each hook."""
    states = GaugeMetricFamily("deskcal_webhooks", "Webhooks", labels=["state"])
    for state in WebhookState:
        states.add_metric([state.value], sender.states[state])
    yield states
    tries = CounterMetricFamily(
        "deskcal_webhook_deliveries",
        "Messages sent, each try counted",
        labels=["webhook", "result"],
    )
    for (webhook_id, result), count in sorted(sender.tries.items()):
        tries.add_metric([str(webhook_id), result], count)
    yield tries
    yield from _waiting(sender)


def _waiting(sender: WebhookSender) -> Iterable[Metric]:
    waiting = GaugeMetricFamily(
        "deskcal_webhook_waiting", "Messages that are not delivered yet", labels=["webhook"]
    )
    unread = GaugeMetricFamily(
        "deskcal_webhook_unread",
        "Changes that are read once fewer messages wait",
        labels=["webhook"],
    )
    oldest = GaugeMetricFamily(
        "deskcal_webhook_oldest_seconds",
        "Age of the oldest change that is not delivered yet",
        labels=["webhook"],
    )
    for one in sender.metrics():
        name = [str(one.webhook_id)]
        waiting.add_metric(name, one.waiting)
        unread.add_metric(name, one.unread)
        oldest.add_metric(name, one.oldest_sec)
    yield from (waiting, unread, oldest)
