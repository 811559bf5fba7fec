"""Settings: one table of name, default, cast and help; read once at start and passed down.

The environment wins over `.env`, that over the default. A bad value names itself and what is allowed.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, make_dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dotenv import dotenv_values

from media.ingest import FORMATS
from quizsys.blotting import Blotter
from quizsys.packages.h5p import DEFAULT_VERSION, VERSIONS


class BadSetting(Exception):
    """A setting has a value that is not allowed. The text names the setting, the value and what is allowed."""


def boolean(text: str) -> bool:
    values = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if text.strip().lower() not in values:
        raise ValueError("true or false")
    return values[text.strip().lower()]


def whole(low: int, high: int) -> Callable[[str], int]:
    """A cast to an int within [low, high]."""

    def cast(text: str) -> int:
        if not text.strip().lstrip("-").isdigit() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return cast


def number(low: float, high: float) -> Callable[[str], float]:
    """A cast to a float within [low, high]."""

    def cast(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return value

    return cast


def one_of(*allowed: str) -> Callable[[str], str]:
    """A cast that takes one of a few words, in any case."""

    def cast(text: str) -> str:
        found = {word.lower(): word for word in allowed}.get(text.strip().lower())
        if found is None:
            raise ValueError("one of " + ", ".join(allowed))
        return found

    return cast


def sqlite_path(text: str) -> Path:
    """`sqlite:///relative` or `sqlite:////absolute`."""
    prefix = "sqlite:///"
    if not text.startswith(prefix) or len(text) == len(prefix):
        raise ValueError("sqlite:///FOLDER/FILE (four slashes for an absolute path)")
    return Path(text.removeprefix(prefix))


def networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses or networks, as a comma list."""
    try:
        return tuple(ip_network(part) for part in words(value))
    except ValueError:
        raise ValueError("addresses or networks like 127.0.0.1, 10.0.0.0/8, as a comma list") from None


def web_address(text: str) -> str:
    """Empty, or an address of http or https."""
    if text and not re.fullmatch(r"https?://[^\s@]+", text):
        raise ValueError("an address that begins with http:// or https://, or nothing")
    return text


def optional_path(text: str) -> Path | None:
    """None for nothing."""
    return Path(text) if text else None


def text(value: str) -> str:
    return value


def words(value: str) -> tuple[str, ...]:
    """A comma list."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def seconds(value: str) -> tuple[float, ...]:
    """A comma list of waits."""
    cast = number(0, 30 * 86400)
    try:
        return tuple(cast(word) for word in words(value))
    except ValueError:
        raise ValueError("numbers of seconds from 0 to 2592000, as a comma list") from None


@dataclass(frozen=True)
class Setting:
    """`field` is the name in Settings; `default` is written as the environment would have it."""

    name: str
    default: str
    cast: Callable[[str], Any]
    help: str

    @property
    def field(self) -> str:
        return self.name.lower()


SETTINGS = (
    Setting("APP_NAME", "Quiz System Backend", text, "The name that /info tells."),
    Setting("APP_VERSION", "0.1.0", text, "The version that /info tells."),
    Setting("DEBUG", "false", boolean, "What /info tells; tracebacks in the console."),
    Setting("HOST", "0.0.0.0", text, "The address to listen on."),
    Setting("PORT", "8000", whole(0, 65535), "The port to listen on; 0 picks a free one."),
    Setting(
        "CORS_ORIGINS",
        "http://localhost:3000,http://localhost:5173,http://localhost:8080",
        words,
        "Origins whose pages may call the API, as a comma list.",
    ),
    Setting("AUTH_REQUIRED", "true", boolean, "Whether requests need a token; false only on a network that you trust."),
    Setting(
        "HOST_NAMES", "", words, "Names with a dot by which a server without tokens may be called, as a comma list."
    ),
    Setting(
        "AUTH_FAILURES_PER_MINUTE",
        "20",
        whole(1, 10**6),
        "Unknown tokens that one address may try; further ones get a 429.",
    ),
    Setting("TRUSTED_PROXIES", "", networks, "Proxies whose X-Forwarded-For and -Proto are believed, as a comma list."),
    Setting("HEAD_TIMEOUT_S", "15", number(1, 3600), "A request whose head takes longer to arrive is refused."),
    Setting(
        "DOWNLOAD_IDLE_TIMEOUT_S",
        "60",
        number(1, 86400),
        "Who takes nothing of an answer for so long, or less than 1 KiB a second, is let go.",
    ),
    Setting(
        "MAX_CONNECTIONS",
        "0",
        whole(0, 2**20),
        "Open connections; idle ones give way to new ones. 0: half as many as the process may have files.",
    ),
    Setting("AUDIT_KEEP_DAYS", "365", whole(0, 36500), "How long it is kept who changed what; 0: for ever."),
    Setting("DATABASE_URL", "sqlite:///./storage/app.db", sqlite_path, "The database file."),
    Setting("DATABASE_DURABILITY", "full", one_of("full", "normal"), "full: a written answer survives power loss."),
    Setting("STORAGE_ROOT", "./storage", Path, "The folder of all files."),
    Setting("UPLOAD_MAX_SIZE", "104857600", whole(1, 2**50), "The largest upload, in bytes."),
    Setting("UPLOAD_IDLE_TIMEOUT_S", "30", number(1, 3600), "An upload that sends nothing for so long is dropped."),
    Setting("PROJECT_QUOTA_BYTES", "0", whole(0, 2**60), "What one project may store, in bytes; 0 for no limit."),
    Setting("STORAGE_QUOTA_BYTES", "0", whole(0, 2**60), "What all projects may store, in bytes; 0 for no limit."),
    Setting("UPLOAD_MIN_BYTES_PER_S", "1024", number(0, 10**9), "An upload that is slower than this is dropped."),
    Setting("UPLOAD_EXPIRY_S", "86400", number(1, 10**8), "A resumable upload that nobody goes on with is deleted."),
    Setting("MAX_UPLOADS", "32", whole(1, 10_000), "Uploads at the same time; further ones get a 503."),
    Setting(
        "UPLOAD_KEEP_DAYS",
        "0",
        whole(0, 36500),
        "Videos that nobody has touched for so long are deleted with all that was made of them; 0: kept.",
    ),
    Setting("EXPORT_KEEP_DAYS", "0", whole(0, 36500), "Exports are deleted after so many days; 0: kept."),
    Setting(
        "LOST_KEEP_DAYS",
        "30",
        whole(0, 36500),
        "Files that no row knows are deleted from lost/ after so many days; 0: kept.",
    ),
    Setting(
        "LOG_KEEP_DAYS",
        "30",
        whole(0, 36500),
        "Rotated log files are deleted after so many days; 0: only the five newest are kept.",
    ),
    Setting(
        "WORKER_METRICS_PORT", "0", whole(0, 65535), "Where a worker tells its metrics, on 127.0.0.1 only; 0: nowhere."
    ),
    Setting("METADATA_EXPORT", "true", boolean, "Keep metadata/*.json up to date, for tools of the seed."),
    Setting("VIDEO_OUTPUT_FORMAT", "mp4", one_of(*FORMATS), "What copies for browsers are made as: mp4 or webm."),
    Setting("FFMPEG_THREADS", "2", whole(1, 64), "Threads of one ffmpeg."),
    Setting("H5P_VERSION", DEFAULT_VERSION, one_of(*VERSIONS), "The Interactive Video that H5P files are made for."),
    Setting("H5P_LIBRARIES", "", optional_path, "An .h5p file or a folder whose libraries H5P files bring along."),
    Setting("WHISPER_MODEL", "", text, "A speech model's folder or name; empty: the one that is bundled (English)."),
    Setting(
        "OPENAI_API_KEY", "", text, "The key of a language model's server; with it, questions are written by a model."
    ),
    Setting(
        "OPENAI_BASE_URL", "", web_address, "An OpenAI-compatible server, as http://localhost:8080/v1; empty: OpenAI."
    ),
    Setting("OPENAI_MODEL", "gpt-5-mini", text, "The model's name."),
    Setting("OPENAI_TIMEOUT_S", "120", number(1, 3600), "How long one answer of the model may take."),
    Setting("OPENAI_CONCURRENCY", "4", whole(1, 64), "Questions to the model at the same time."),
    Setting("OPENAI_TOKEN_BUDGET", "0", whole(0, 10**12), "Tokens that one quiz may cost; 0 for no limit."),
    Setting("OPENAI_PRICE_INPUT", "0", number(0, 10**6), "What a million tokens sent cost, for the cost on the job."),
    Setting("OPENAI_PRICE_OUTPUT", "0", number(0, 10**6), "What a million tokens received cost."),
    Setting("WORKER_CONCURRENCY", "4", whole(0, 64), "Jobs at the same time in one process; 0 leaves them to workers."),
    Setting("MAX_QUEUE_SIZE", "100", whole(1, 10**7), "Queued jobs; further ones wait briefly, then get a 503."),
    Setting("QUEUE_WAIT_S", "5", number(0, 60), "How long a new job waits for room in the queue."),
    Setting("JOB_MAX_ATTEMPTS", "3", whole(1, 100), "How often a job is tried."),
    Setting("JOB_RETRY_DELAY_SECONDS", "5", number(0, 86400), "The wait before a job is tried again."),
    Setting("JOB_RETRY_BACKOFF", "1", number(1, 10), "Each further wait is so many times longer, up to an hour."),
    Setting("JOB_STALL_S", "300", number(5, 86400), "A job without progress for so long is stopped and tried again."),
    Setting("JOB_KEEP_DAYS", "0", whole(0, 36500), "Finished jobs are forgotten after so long; 0: never."),
    Setting("IDEMPOTENCY_KEEP_HOURS", "24", number(0.01, 8760), "How long the answer for an Idempotency-Key is kept."),
    Setting("LEASE_S", "30", number(1, 3600), "A process that shows no life for so long loses its jobs."),
    Setting(
        "DRAIN_S", "20", number(0, 3600), "At a stop, running jobs get so long to finish before they are given back."
    ),
    Setting("WEBHOOK_ALLOW_PRIVATE", "false", boolean, "Whether webhooks may go to machines on the private network."),
    Setting("WEBHOOK_TIMEOUT_S", "10", number(0.1, 60), "How long a webhook's receiver may take to answer."),
    Setting(
        "WEBHOOK_RETRY_DELAYS_S",
        "5,30,120,600,3600,21600,43200,86400",
        seconds,
        "The waits before a message to a webhook is tried again; after the last try it is given up.",
    ),
    Setting("WEBHOOK_LOG_DAYS", "30", whole(1, 3650), "Messages to webhooks are kept so long, sent or not."),
    Setting("LOG_LEVEL", "INFO", one_of("TRACE", "DEBUG", "INFO", "WARNING", "ERROR"), "What the log tells."),
    Setting("LOG_FILE", "./logs/app.log", text, "The log file, rotated at 20 MB; empty for none."),
)

if TYPE_CHECKING:

    @dataclass(frozen=True)
    class Settings:
        """What SETTINGS says, with types. The table makes the real class; test_config.py holds the two together."""

        app_name: str
        app_version: str
        debug: bool
        host: str
        port: int
        cors_origins: tuple[str, ...]
        auth_required: bool
        host_names: tuple[str, ...]
        auth_failures_per_minute: int
        trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
        head_timeout_s: float
        download_idle_timeout_s: float
        max_connections: int
        audit_keep_days: int
        database_url: Path
        database_durability: str
        storage_root: Path
        upload_max_size: int
        upload_idle_timeout_s: float
        project_quota_bytes: int
        storage_quota_bytes: int
        upload_min_bytes_per_s: float
        upload_expiry_s: float
        max_uploads: int
        upload_keep_days: int
        export_keep_days: int
        lost_keep_days: int
        log_keep_days: int
        worker_metrics_port: int
        metadata_export: bool
        video_output_format: str
        ffmpeg_threads: int
        h5p_version: str
        h5p_libraries: Path | None
        whisper_model: str
        openai_api_key: str
        openai_base_url: str
        openai_model: str
        openai_timeout_s: float
        openai_concurrency: int
        openai_token_budget: int
        openai_price_input: float
        openai_price_output: float
        worker_concurrency: int
        max_queue_size: int
        queue_wait_s: float
        job_max_attempts: int
        job_retry_delay_seconds: float
        job_retry_backoff: float
        job_stall_s: float
        job_keep_days: int
        idempotency_keep_hours: float
        lease_s: float
        drain_s: float
        webhook_allow_private: bool
        webhook_timeout_s: float
        webhook_retry_delays_s: tuple[float, ...]
        webhook_log_days: int
        log_level: str
        log_file: str
else:
    Settings = make_dataclass("Settings", [setting.field for setting in SETTINGS], frozen=True)


def read_settings(env: Mapping[str, str] | None = None, dotenv: Path | None = Path(".env")) -> "Settings":
    """Read every setting. Raises BadSetting."""
    given = {**(dotenv_values(dotenv) if dotenv else {}), **(os.environ if env is None else env)}
    return Settings(**{setting.field: _cast(setting, given.get(setting.name)) for setting in SETTINGS})


def _cast(setting: Setting, given: str | None) -> Any:
    try:
        return setting.cast(setting.default if given is None else given)
    except ValueError as error:
        shown = Blotter().blot(repr(given))
        raise BadSetting(f"{setting.name}={shown} is not allowed. It takes {error}.") from None
