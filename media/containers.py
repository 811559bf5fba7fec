"""Foreign containers: opened as one family and nothing else, with little room, and read past what is damaged."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from media.families import DEMUXERS
from media.room import OPEN_BYTES, limited_room

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

PROBE_BYTES = 8 << 20
MOST_STUMBLES = 100

AnyStream = TypeVar("AnyStream", bound="Stream")


def open_guarded(path: Path, family: str, options: dict[str, str]) -> "InputContainer":
    """Open a file by the demuxer of its family, which may open no other file.

    Raises FFmpegError, ValueError or MediaError `too_demanding`. The caller closes the container.
    """
    import av

    limits = {
        "protocol_whitelist": "file",
        "format_whitelist": av.format.ContainerFormat(DEMUXERS[family]).name,
        "probesize": str(PROBE_BYTES),
    }
    with limited_room(OPEN_BYTES):
        return av.open(
            f"file:{path.resolve()}", format=DEMUXERS[family], options=limits | options, metadata_errors="replace"
        )


def read_packets(
    container: "InputContainer", stream: AnyStream, trouble: list[str] | None = None
) -> "Iterator[Packet[AnyStream]]":
    """A stream's packets from here on, an empty one at the end; what cannot be read is passed over (`trouble`)."""
    import av

    for _ in range(MOST_STUMBLES):
        try:
            yield from container.demux(stream)  # type: ignore[misc]
            return
        except av.error.FFmpegError as error:
            if trouble is not None:
                trouble.append(str(error))
