"""A timeline as values, and the arithmetic of its pieces: all lengths are whole frames of the timeline's rate."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from media.captions import Cue

SAMPLE_RATE_HZ = 48_000
CUT, CROSSFADE, TO_BLACK, TO_WHITE = "cut", "crossfade", "fade_to_black", "fade_to_white"
PAD, CROP, BLUR = "pad", "crop", "blur"
FAMILIAR_RATES = tuple(
    Fraction(*rate) for rate in ((10, 1), (15, 1), (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1))
)
HIGHEST_RATE = Fraction(60)


@dataclass(frozen=True)
class Source:
    """A video file as its probe told it; `container` is a family of media.ffmpeg."""

    path: Path
    container: str
    duration_s: float
    frame_rate: Fraction
    has_audio: bool
    video_codec: str = ""
    width_px: int = 0
    height_px: int = 0
    rotation_deg: int = 0
    audio_channels: int = 2


@dataclass(frozen=True)
class Transition:
    """From one piece to the next.

    A crossfade overlaps the two for `duration_s`, in an xfade `style`. A fade to black or white takes nothing away:
    one half of it is the end of the one, the other half the start of the next.
    """

    kind: str = CUT
    duration_s: float = 0.0
    style: str = "fade"


@dataclass(frozen=True)
class Caption:
    """ASS text on show from start_s to end_s; what is no markup in it has been escaped."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class SubtitleFile:
    """A file of captions that somebody sent; times in the video's own (a clip) or the timeline's (a whole film).

    Without an encoding it is found out."""

    path: Path
    encoding: str | None = None


@dataclass(frozen=True)
class Subtitles:
    """What to draw: a file, or cues that are known; `style` are checked fields of an ASS style."""

    words: SubtitleFile | tuple[Cue, ...]
    style: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Watermark:
    """`scale` is its width as a share of the picture's; `family` is "png" or "jpeg"."""

    path: Path
    family: str
    position: str = "bottom-right"
    scale: float = 0.12
    opacity: float = 1.0


@dataclass(frozen=True)
class Ducking:
    """Music steps back under speech. `threshold` is linear (0 to 1), `ratio` 1 to 20."""

    threshold: float = 0.05
    ratio: float = 8.0
    attack_ms: float = 20.0
    release_ms: float = 400.0


@dataclass(frozen=True)
class Music:
    """`offset_s` is where in the track it begins."""

    path: Path
    family: str
    duration_s: float
    audio_channels: int = 2
    volume: float = 0.25
    offset_s: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    loop: bool = False
    ducking: Ducking | None = None


@dataclass(frozen=True)
class Clip:
    """A stretch of a source, from start_s to end_s of it."""

    source: Source
    start_s: float
    end_s: float
    transition: Transition = Transition()
    subtitles: Subtitles | None = None
    watermark: Watermark | None = None
    with_sound: bool = True

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Choice:
    text: str
    is_right: bool


@dataclass(frozen=True)
class Card:
    """A quiz's question. `answer` counts where there are no choices; `number` of `total` is what the heading tells."""

    number: int
    total: int
    question: str
    choices: tuple[Choice, ...]
    answer: str
    quote: str
    question_s: float
    answer_s: float

    @property
    def duration_s(self) -> float:
        return self.question_s + self.answer_s


@dataclass(frozen=True)
class Still:
    """The picture of a source just before at_s, held, dimmed and in silence, under a question and then its answer."""

    source: Source
    at_s: float
    card: Card
    transition: Transition = Transition()

    @property
    def duration_s(self) -> float:
        return self.card.duration_s


Piece = Clip | Still


@dataclass(frozen=True)
class Chapter:
    start_s: float
    title: str


@dataclass(frozen=True)
class Output:
    """A file to make, in scratch called by its `name`. `kind` is mp4, mov or webm; bitrates of None leave it to the
    encoder's quality; `role` and `label` say what it is for and what people call it."""

    name: str
    kind: str
    width_px: int
    height_px: int
    fit: str = PAD
    video_bitrate_bps: int | None = None
    audio_bitrate_bps: int | None = None
    watermark: Watermark | None = None
    thumbnails: bool = False
    role: str = "timeline"
    label: str = "timeline"

    @property
    def filename(self) -> str:
        return f"{self.name}.{self.kind}"


@dataclass(frozen=True)
class Timeline:
    """Pieces are shaped and joined in the timeline's own size; every output is made from that picture.

    `loudness_lufs` is what the whole sound is brought to, None leaves it. `subtitles` lie over everything.
    """

    pieces: tuple[Piece, ...]
    outputs: tuple[Output, ...]
    width_px: int
    height_px: int
    frame_rate: Fraction
    fit: str = PAD
    music: Music | None = None
    subtitles: Subtitles | None = None
    loudness_lufs: float | None = None
    chapters: tuple[Chapter, ...] = ()

    @property
    def frames(self) -> int:
        last = self.places()[-1]
        return last.start + last.frames

    @property
    def duration_s(self) -> float:
        return float(self.frames / self.frame_rate)

    def places(self) -> list["Place"]:
        """Where each piece lies."""
        return place_pieces(self.pieces, self.frame_rate)


@dataclass(frozen=True)
class Place:
    """A piece on the timeline, in frames. `overlap`: how many it shares with the next; `fade_in`, `fade_out`: how
    many of its own are under a fade, in the `fade_in_kind` and its own transition's kind."""

    piece: Piece
    start: int
    frames: int
    overlap: int = 0
    fade_in: int = 0
    fade_out: int = 0
    fade_in_kind: str = CUT


def count_frames(duration_s: float, rate: Fraction) -> int:
    """At least one."""
    return max(1, round(duration_s * rate))


def count_samples(frames: int, rate: Fraction) -> int:
    """The sound that belongs to so many frames."""
    return round(frames * SAMPLE_RATE_HZ / rate)


def place_pieces(pieces: tuple[Piece, ...], rate: Fraction) -> list[Place]:
    places: list[Place] = []
    start = fade_in = 0
    fade_in_kind = CUT
    for number, piece in enumerate(pieces):
        frames = count_frames(piece.duration_s, rate)
        overlap, fade_out, next_in = _share(piece.transition, rate, is_last=number == len(pieces) - 1)
        places.append(Place(piece, start, frames, overlap, fade_in, fade_out, fade_in_kind))
        start += frames - overlap
        fade_in, fade_in_kind = next_in, piece.transition.kind
    return places


def _share(transition: Transition, rate: Fraction, *, is_last: bool) -> tuple[int, int, int]:
    """(frames shared with the next piece, faded out at this end, faded in at the next start)."""
    frames = round(transition.duration_s * rate)
    if transition.kind in (TO_BLACK, TO_WHITE):
        return (0, frames, 0) if is_last else (0, frames - frames // 2, frames // 2)
    return (frames if transition.kind == CROSSFADE and not is_last else 0), 0, 0


def find_short_piece(places: list[Place]) -> int | None:
    """The number of the first piece that its transitions need more of than there is."""
    shared_before = 0
    for number, place in enumerate(places):
        shared = shared_before + place.overlap + place.fade_in + place.fade_out
        # Of what overlaps at both ends, at least one frame stands alone.
        if shared + bool(shared_before or place.overlap) > place.frames:
            return number
        shared_before = place.overlap
    return None


def choose_rate(rates: list[Fraction]) -> Fraction:
    """The least familiar frame rate that loses no frame of any, 60 at most."""
    highest = max(rates)
    return next((rate for rate in FAMILIAR_RATES if rate * Fraction(1005, 1000) >= highest), HIGHEST_RATE)
