"""The sound of each piece, to the sample as long as its picture; the music under it; one loudness for the whole."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from media.compose.timeline import SAMPLE_RATE_HZ, Music, Place, count_samples
from media.ffmpeg import generated_input, guarded_input

SILENT_LUFS = -69.0
MOST_GAIN_DB = 30.0
PEAK = 0.891
"""-1 dB: what a limiter leaves room for, so that an encoder does not clip."""


def shape_sound(stream: Any, place: Place, rate: Fraction) -> Any:
    """From time 0 on, as stereo at SAMPLE_RATE_HZ; gaps and a missing end are silence."""
    samples = count_samples(place.frames, rate)
    steady = stream.filter("atrim", start=0).filter("aresample", SAMPLE_RATE_HZ, **{"async": 1000, "first_pts": 0})
    stereo = _make_stereo(steady, place.piece.source.audio_channels).filter("apad")
    whole = stereo.filter("atrim", end_sample=samples).filter("asetpts", "N/SR/TB")
    return _fade(whole, place, rate)


def make_silence(number: int, frames: int, rate: Fraction) -> Any:
    """`number` tells this silence from others."""
    source = generated_input(f"anullsrc=r={SAMPLE_RATE_HZ}:cl=stereo", probesize=5_000_000 + number)
    still = source.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    return still.filter("atrim", end_sample=count_samples(frames, rate)).filter("asetpts", "N/SR/TB")


def add_music(speech: Any, music: Music, duration_s: float, *, threads: int) -> Any:
    track = _cut_music(music, duration_s, threads=threads)
    if music.ducking:
        key = speech.filter_multi_output("asplit", 2)
        ducking = music.ducking
        options = {"threshold": _number(ducking.threshold), "ratio": _number(ducking.ratio)}
        options |= {"attack": _number(ducking.attack_ms), "release": _number(ducking.release_ms)}
        track = ffmpeg.filter([track, key[1]], "sidechaincompress", **options)
        speech = key[0]
    mixed = ffmpeg.filter([speech, track], "amix", inputs=2, duration="first", dropout_transition=0, normalize=0)
    return limit_peaks(mixed)


def limit_peaks(stream: Any) -> Any:
    return stream.filter("alimiter", limit=PEAK, level=0)


def level(stream: Any, gain_db: float) -> Any:
    return limit_peaks(stream.filter("volume", f"{gain_db:.2f}dB"))


def write_loudness(stream: Any, target: Path) -> Any:
    """A stream that leaves its integrated loudness so far in `target`, again and again; the last one counts."""
    measured = stream.filter("ebur128", metadata=1)
    return measured.filter("ametadata", mode="print", key="lavfi.r128.I", file=str(target.absolute()))


def read_gain_db(measured: Path, target_lufs: float) -> float:
    """The gain that brings what write_loudness measured to the target; 0 for silence."""
    heard = [line for line in measured.read_text().splitlines() if line.startswith("lavfi.r128.I=")]
    loudness = float(heard[-1].partition("=")[2]) if heard else -math.inf
    if not loudness > SILENT_LUFS:
        return 0.0
    return min(max(target_lufs - loudness, -MOST_GAIN_DB), MOST_GAIN_DB)


def _fade(stream: Any, place: Place, rate: Fraction) -> Any:
    if place.fade_in:
        stream = stream.filter("afade", type="in", start_sample=0, nb_samples=count_samples(place.fade_in, rate))
    if place.fade_out:
        start = count_samples(place.frames - place.fade_out, rate)
        stream = stream.filter("afade", type="out", start_sample=start, nb_samples=count_samples(place.fade_out, rate))
    return stream


def _cut_music(music: Music, duration_s: float, *, threads: int) -> Any:
    options: dict[str, Any] = {"stream_loop": -1} if music.loop else {}
    if music.offset_s:
        options["ss"] = f"{music.offset_s:.6f}"
    track = guarded_input(music.path, music.family, threads=threads, **options)["a:0"]
    steady = _make_stereo(track.filter("aresample", SAMPLE_RATE_HZ), music.audio_channels)
    cut = steady.filter("asetpts", "N/SR/TB").filter("atrim", end=f"{duration_s:.6f}")
    length_s = duration_s if music.loop else min(duration_s, music.duration_s - music.offset_s)
    faded = cut.filter("volume", _number(music.volume))
    if music.fade_in_s:
        faded = faded.filter("afade", type="in", duration=_number(music.fade_in_s))
    if music.fade_out_s:
        start_s = max(0.0, length_s - music.fade_out_s)
        faded = faded.filter("afade", type="out", start_time=_number(start_s), duration=_number(music.fade_out_s))
    return faded.filter("apad", whole_dur=f"{duration_s:.6f}")


def _make_stereo(stream: Any, channels: int) -> Any:
    # By itself ffmpeg spreads one channel over two at 3 dB less: quieter than a voice that was recorded in stereo.
    if channels == 1:
        stream = stream.filter("pan", args="stereo|c0=c0|c1=c0")
    return stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def _number(value: float) -> str:
    return f"{value:.6f}"
