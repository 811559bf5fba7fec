"""Captions made to cost much."""

import pytest

from media.captions import make_cues
from media.retiming import correct_segment, make_spoken
from media.transcript import Segment, Transcript, Word
from quizsys.errors import QuizsysError
from quizsys.questions.speech import Speech
from quizsys.schemas.questions import LONGEST_QUOTE
from quizsys.services.grounding import Ground
from quizsys.services.revisions import MOST_WORDS, read_captions
from tests.hanging import bounded

# Of processor time: several times what each takes, less than it took before it was mended.
HANG_S = 8
LAST = "09:59:59.000"


def write_vtt(*texts: str) -> bytes:
    starts = (f"{place // 3600:02}:{place // 60 % 60:02}:{place % 60:02}.000" for place in range(len(texts)))
    cues = (f"{start} --> {LAST}\n{text}\n\n" for start, text in zip(starts, texts, strict=True))
    return ("WEBVTT\n\n" + "".join(cues)).encode()


@pytest.mark.parametrize(
    "texts",
    [
        ["a b c d e f g h i j"] * 19_000,
        ["a" + "(" * 1900 + "b"] * 500,
        ["." * 1999] * 500,
        ["U.S.A. " * 9] * 3000,
        ["<i>" * 6000 + "a"] * 100,
        ["&" * 1900 + "a"] * 500,
    ],
    ids=["no sentence ends", "brackets", "full stops", "abbreviations", "tags", "entities"],
)
def test_captions_become_segments_in_time(texts: list[str]) -> None:
    with bounded(HANG_S):
        segments = make_spoken(read_captions(write_vtt(*texts), is_vtt=True))
        assert make_cues(segments)
        assert max(len(segment.words) for segment in segments) <= 40


def test_more_words_than_a_day_has_are_refused() -> None:
    with bounded(HANG_S), pytest.raises(QuizsysError, match=str(MOST_WORDS)):
        read_captions(write_vtt(*["a " * 40] * (MOST_WORDS // 40 + 1)), is_vtt=True)


@pytest.mark.parametrize("text", ["a" + "(" * 1990 + "b", "a b " * 150, "(" * 2000, "b a a " * 100])
def test_a_correction_is_worked_out_in_time(text: str) -> None:
    words = tuple(Word(number / 10, number / 10 + 0.1, "ab"[number % 2], 1.0) for number in range(300))
    with bounded(HANG_S):
        corrected = correct_segment(Segment(0, 30, "x", words), text, 0, 30)
    assert " ".join(word.text for word in corrected.words) == text.strip()


def test_evidence_by_its_times_is_no_whole_lesson() -> None:
    segments = make_spoken(read_captions(write_vtt(*["a b c d e f g h i j"] * 1000), is_vtt=True))
    ground = Ground("x", Speech(Transcript("en", "", segments)), 36_000.0)
    with pytest.raises(QuizsysError, match=str(LONGEST_QUOTE)):
        ground.read_evidence({"start_s": 0, "end_s": 36_000}, 0)
    assert ground.read_evidence({"start_s": 0, "end_s": 0.9}, 0)["quote"] == "a b c d e f g h i j"
