"""GET /metrics, for Prometheus: the counts of the whole installation, and what waits now."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from service.counting import flush
from service.engine.base import Engine
from service.housekeeping import JOBS
from service.metrics import COUNTERS, HISTOGRAMS, Counter, Counts, Histogram
from service.store import Store
from service.store.chores import most_overdue
from service.store.counters import Queue, queues, totals

GAUGES = {
    "clarity_tickets_waiting": ("Tickets whose comment does not yet agree with their text.", "waiting"),
    "clarity_tickets_due": ("Tickets that a worker may take now.", "due"),
    "clarity_tickets_failing": ("Tickets that wait after a failure.", "failing"),
    "clarity_oldest_due_seconds": ("How long the oldest due ticket has been due.", "lag"),
    "clarity_site_paused": ("1 while a tracker asked to wait, refused us, or could not be reached.", "paused"),
}


def blueprint(store: Store, engine: Engine) -> Blueprint:
    """The endpoint."""
    routes = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(_Installation(store, engine))

    @routes.get("/metrics")
    def metrics() -> Response:
        flush(store)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return routes


class _Installation(Collector):
    """Reads everything from the database when it is asked."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store, self._engine = store, engine

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: asking needs a database."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        with self._store.reading() as connection:
            counts, waiting = totals(connection), queues(connection)
            _, late = most_overdue(connection, JOBS)
        for counter in COUNTERS:
            yield _counter(counter, counts)
        for histogram in HISTOGRAMS:
            yield _histogram(histogram, counts)
        yield from _gauges(waiting)
        yield _job(late)
        ready = GaugeMetricFamily("clarity_workers_ready", "1 if this process could have a ticket scored now.")
        ready.add_metric([], float(self._engine.ready))
        yield ready
        build = GaugeMetricFamily("clarity_build_info", "The version that runs.", labels=["version"])
        build.add_metric([metadata.version("ticket-clarity")], 1.0)
        yield build


def _counter(counter: Counter, counts: Counts) -> Metric:
    family = CounterMetricFamily(counter.name, counter.help, labels=counter.labels)
    for (name, labels), value in sorted(counts.items()):
        if name == counter.name:
            family.add_metric([value for _, value in labels], value)
    return family


def _histogram(histogram: Histogram, counts: Counts) -> Metric:
    family = HistogramMetricFamily(histogram.name, histogram.help)
    total, buckets = 0.0, []
    for bound in (*(f"{bound:g}" for bound in histogram.bounds), "+Inf"):
        total += counts.get((f"{histogram.name}_bucket", (("le", bound),)), 0.0)
        buckets.append((bound, total))
    family.add_metric([], buckets, counts.get((f"{histogram.name}_sum", ()), 0.0))
    return family


def _job(late: float) -> Metric:
    help_ = "How long the oldest of the jobs that run by the clock has been due."
    family = GaugeMetricFamily("clarity_oldest_job_seconds", help_)
    family.add_metric([], late)
    return family


def _gauges(waiting: list[Queue]) -> Iterator[Metric]:
    for name, (help_, member) in GAUGES.items():
        family = GaugeMetricFamily(name, help_, labels=["tracker", "site"])
        for queue in waiting:
            family.add_metric([queue.tracker, queue.site], float(getattr(queue, member)))
        yield family
