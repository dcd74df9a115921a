"""Numbers about the program for Prometheus, over all of its processes. No label holds an id or what a reader sent."""

import os

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"  # where several processes keep their numbers
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds


class Metrics:
    """What is counted. `route` is a path with the names of its parts, such as /sessions/{session_id}/step."""

    def __init__(self) -> None:
        import prometheus_client as prometheus  # only where it is wanted: it takes its time

        self._library = prometheus
        self._registry = prometheus.CollectorRegistry()
        self._requests = prometheus.Counter(
            "explorer_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = prometheus.Histogram(
            "explorer_request_seconds", "From request to answer.", ("route",), buckets=BUCKETS, registry=self._registry
        )
        if MULTIPROCESS not in os.environ:  # of several processes each has its own memory and time
            prometheus.ProcessCollector(registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All numbers, in Prometheus's text format."""
        if MULTIPROCESS not in os.environ:
            return self._library.generate_latest(self._registry)
        from prometheus_client.multiprocess import MultiProcessCollector

        together = self._library.CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return self._library.generate_latest(together)
