"""What is counted while the process runs, for Prometheus. Labels are few and known: never a project's or a file's."""

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, disable_created_metrics

# When each series began: as many series again, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
COMMIT_S = Histogram(
    "quizsys_commit_duration_seconds",
    "One group commit, from its first write to the disk's word.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
    registry=REGISTRY,
)
COMMIT_WRITES = Histogram(
    "quizsys_commit_writes",
    "Writes in one group commit.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
    registry=REGISTRY,
)
TRY_S = Histogram(
    "quizsys_job_try_duration_seconds",
    "One try of a job in this process, by its outcome: completed, failed, cancelled, given_back, fenced.",
    ("job_type", "outcome"),
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600),
    registry=REGISTRY,
)
