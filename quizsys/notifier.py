"""Words to systemd (sd_notify): datagrams of `NAME=value` lines to the socket that NOTIFY_SOCKET names."""

import os
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass

from loguru import logger

# Above DRAIN_S: to write the ends of jobs, to end the seats and to close the database.
STOP_MARGIN_S = 30


@dataclass(frozen=True)
class Notifier:
    """`address` is empty where nobody listens; `watchdog_s` is how long silence is borne, or None."""

    address: str = ""
    watchdog_s: float | None = None

    def tell(self, **words: object) -> None:
        """Send `NAME=value` for each word; that systemd does not hear is logged and no reason to stop."""
        if not self.address:
            return
        text = "\n".join(f"{name.upper()}={value}" for name, value in words.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
                wire.settimeout(1)
                wire.sendto(text.encode(), _place(self.address))
        except OSError as error:
            logger.warning("cannot tell systemd {!r}: {}", text, error)

    def tell_stopping(self, drain_s: float) -> None:
        """The stop has begun and may take as long as running jobs get, whatever the unit's TimeoutStopSec says."""
        extended_us = int((drain_s + STOP_MARGIN_S) * 1_000_000)
        self.tell(stopping=1, extend_timeout_usec=extended_us, status=f"stopping; running jobs get {drain_s:g} s")


def take_notifier(environment: MutableMapping[str, str] = os.environ) -> Notifier:
    """The one that systemd gave this process. Taken out of the environment: our children have nothing to say."""
    address = environment.pop("NOTIFY_SOCKET", "")
    pid = environment.pop("WATCHDOG_PID", str(os.getpid()))
    limit_us = environment.pop("WATCHDOG_USEC", "")
    is_ours = limit_us.isdigit() and pid == str(os.getpid())
    return Notifier(address, int(limit_us) / 1_000_000 if is_ours else None)


def _place(address: str) -> str:
    """A leading @ stands for the NUL byte of an abstract socket."""
    return "\0" + address[1:] if address.startswith("@") else address
