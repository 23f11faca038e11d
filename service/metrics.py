"""The numbers that Prometheus reads: what code counts, and what a scrape looks up (`service.observe`)."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("lectern_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "lectern_request_seconds", "Time to answer a request", ["method", "route"], buckets=_SECONDS
)
COMPLETIONS = Counter("lectern_task_completions", "Completions of tasks accepted over HTTP")
TICKS = Counter("lectern_ticks", "Runs of a background job, by outcome (ok, failed)", ["tick", "outcome"])
TICK_SECONDS = Histogram("lectern_tick_seconds", "Time that a background job took", ["tick"], buckets=_SECONDS)

RUNS = Counter(
    "lectern_runs",
    "Background work, by kind and outcome (done, failed, cancelled, left to others)",
    ["kind", "outcome"],
)
DELIVERIES = Counter(
    "lectern_deliveries", "Messages that left, by channel and outcome (sent, failed, given_up)", ["channel", "outcome"]
)

OPEN_INCIDENTS = Gauge("lectern_open_incidents", "Incidents not resolved", multiprocess_mode="mostrecent")
OUTBOX_WAITING = Gauge("lectern_outbox_waiting", "Notices not delivered yet", multiprocess_mode="mostrecent")
OUTBOX_FAILED = Gauge(
    "lectern_outbox_failed", "Messages given up, which an admin may retry or drop", multiprocess_mode="mostrecent"
)
CHANNELS_SILENT = Gauge("lectern_channels_silent", "Channels that did not answer last", multiprocess_mode="livesum")
TIMER_LATENESS = Gauge(
    "lectern_timer_lateness_seconds", "Age of the oldest timer that is due", multiprocess_mode="mostrecent"
)
