"""What is read when somebody asks, rather than counted: jobs, seats, streams, disk, the last backup."""

import platform
import shutil
from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from quizsys import sqlite
from quizsys.condition import Condition
from quizsys.services.workload import Workload


class Gauges(Collector):
    """One reading of a server's state."""

    def __init__(self, condition: Condition, work: Workload) -> None:
        self._condition = condition
        self._work = work

    def collect(self) -> Iterator[Any]:
        yield from self._collect_jobs()
        yield from self._collect_seats()
        yield from self._collect_machine()
        hub = self._condition.hub
        yield GaugeMetricFamily("quizsys_streams_open", "Open live streams, SSE and WebSocket.", hub.watchers)
        lag = max(0, self._work.newest_event_id - hub.seen)
        yield GaugeMetricFamily("quizsys_events_lag", "Events committed but not yet told to the streams.", lag)

    def _collect_jobs(self) -> Iterator[Any]:
        active = GaugeMetricFamily("quizsys_jobs_active", "Queued and running jobs.", labels=("state", "job_type"))
        for (state, job_type), count in self._work.active.items():
            active.add_metric((state, job_type), count)
        stored = GaugeMetricFamily("quizsys_jobs_stored", "Jobs in the database, by state.", labels=("state",))
        for state, count in self._work.stored.items():
            stored.add_metric((state,), count)
        help_text = "How long the first job has waited that could start at once; 0 without one."
        yield from (active, stored)
        yield GaugeMetricFamily("quizsys_queue_oldest_wait_seconds", help_text, self._work.oldest_wait_s)

    def _collect_seats(self) -> Iterator[Any]:
        total = GaugeMetricFamily("quizsys_seats", "Places for media work.", labels=("pool",))
        busy = GaugeMetricFamily("quizsys_seats_busy", "Places at work.", labels=("pool",))
        deaths = CounterMetricFamily("quizsys_seat_deaths", "Media processes that ended unasked.", labels=("pool",))
        for pool, counts in self._condition.count_seats().items():
            total.add_metric((pool,), counts["total"])
            busy.add_metric((pool,), counts["busy"])
            deaths.add_metric((pool,), counts["deaths"])
        yield from (total, busy, deaths)

    def _collect_machine(self) -> Iterator[Any]:
        engine = self._condition.engine
        disk = shutil.disk_usage(engine.storage.root)
        yield GaugeMetricFamily("quizsys_disk_free_bytes", "Free space where the storage is.", disk.free)
        yield GaugeMetricFamily("quizsys_disk_used_bytes", "Used space where the storage is.", disk.used)
        if (backup := self._work.last_backup_at) is not None:
            help_text = "When the last backup was complete; missing if never."
            yield GaugeMetricFamily("quizsys_last_backup_timestamp_seconds", help_text, backup.timestamp())
        versions = (engine.settings.app_version, platform.python_version(), sqlite.library_version())
        build = GaugeMetricFamily("quizsys_build_info", "What runs.", labels=("version", "python", "sqlite"))
        build.add_metric(versions, 1)
        yield build
