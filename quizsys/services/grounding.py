"""What a question stands on: the transcript that counts, in which its evidence is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from media.transcript import Transcript
from quizsys.errors import invalid
from quizsys.models.quizzes import QuestionRow
from quizsys.models.transcripts import TranscriptRow
from quizsys.questions.doubts import list_doubts
from quizsys.questions.gate import Grounds
from quizsys.questions.question import Question
from quizsys.questions.speech import Speech
from quizsys.schemas.questions import LONGEST_QUOTE
from quizsys.services.contents import BY_HUMAN, list_content, read_content
from quizsys.services.transcripts import find_current, load_transcript
from quizsys.services.videos import get_row

NOTHING_SAID = "Nothing is said between these times. Give the evidence a quote, or other times."
MUCH_SAID = f"More than {LONGEST_QUOTE} characters are said between these times. Give the part that proves the answer."
MOST_SHOWN = 120


@dataclass(frozen=True)
class Ground:
    """A video's speech in one revision; `transcript_id` "" and no speech before its transcription."""

    transcript_id: str
    speech: Speech
    duration_s: float

    @cached_property
    def _grounds(self) -> Grounds:
        """Without the slides: what they forbid to ask, a person may."""
        return Grounds(self.speech.sentences, self.duration_s, {}, language=self.speech.language or "en")

    def read_evidence(self, value: Mapping[str, Any] | None, near_s: float) -> dict[str, Any]:
        """Columns from a quote, or from times alone: then the quote is what is said between. Raises `invalid`."""
        value = {key: given for key, given in (value or {}).items() if given is not None}
        start_s = value.get("start_s", near_s)
        end_s = value.get("end_s", start_s)
        quote = " ".join(value.get("quote", "").split())
        if "quote" not in value and "start_s" in value:
            quote = self.speech.read(start_s, end_s)
            if not quote:
                raise invalid(["body", "evidence"], NOTHING_SAID, None)
            if len(quote) > LONGEST_QUOTE:
                raise invalid(["body", "evidence"], MUCH_SAID, None)
        quote = self.speech.quote_like(quote, start_s)
        start_s, end_s = self.speech.find(quote, start_s) or (start_s, max(start_s, end_s))
        return {"quote": quote, "evidence_start_s": start_s, "evidence_end_s": end_s}

    def place(self, question: Question) -> Question:
        """With a pause, after its evidence or at the end if it has none; what has no quote is proven by its pause.

        Raises `invalid` for times outside the video.
        """
        found = self.speech.find(question.quote, question.start_s)
        start_s, end_s = found or ((question.start_s, question.end_s) if question.quote else (0.0, 0.0))
        end_s = min(end_s, self.duration_s)
        pause_s = question.pause_at_s or min(self._find_pause(question.kind, start_s, end_s), self.duration_s)
        if pause_s > self.duration_s:
            raise invalid(["body", "pause_at_s"], f"The video ends at {self.duration_s:g} s.", pause_s)
        if not question.quote:
            start_s = end_s = pause_s
        return replace(question, start_s=start_s, end_s=end_s, pause_at_s=pause_s)

    def _find_pause(self, kind: str, start_s: float, end_s: float) -> float:
        """After the thought that proves it, before it for a card, at the end where nothing does."""
        if not end_s:
            return self.duration_s
        return start_s if kind == "open" and start_s else self.speech.finish(end_s)

    def judge(self, question: Question) -> dict[str, Any]:
        """The columns that say what was found when it was compared with this revision."""
        warnings = list_doubts(question, self._grounds)
        return {"warnings": warnings, "stale": "", "transcript_id": self.transcript_id}

    def follow(self, row: QuestionRow) -> dict[str, Any]:
        """The columns of a question that was compared with another revision: its times moved with its words, or
        stale."""
        question = read_content(list_content(row))
        if not question.quote:
            return {"transcript_id": self.transcript_id}
        span = self.speech.find(question.quote, question.start_s)
        if span is None:
            return {"stale": self._explain(question), "transcript_id": self.transcript_id}
        if span == (question.start_s, question.end_s) and not row.stale:
            # Nothing of it changed, and a lesson may have many questions.
            return {"transcript_id": self.transcript_id}
        moved_s = span[1] - question.end_s
        pause_s = question.pause_at_s
        if row.provenance.get("pause_at_s", {}).get("by") != BY_HUMAN:
            pause_s = min(max(0.0, round(pause_s + moved_s, 3)), self.duration_s)
        question = replace(question, start_s=span[0], end_s=min(span[1], self.duration_s), pause_at_s=pause_s)
        placed = {"evidence_start_s": question.start_s, "evidence_end_s": question.end_s, "pause_at_s": pause_s}
        return placed | self.judge(question)

    def _explain(self, question: Question) -> str:
        now = self.speech.read_sentences(question.start_s, question.end_s)
        shown = now if len(now) <= MOST_SHOWN else now[: MOST_SHOWN - 3] + "..."
        there = f'there is now: "{shown}"' if now else "nothing is said there now"
        return f"The transcript no longer has its quote; {there}. Give it new evidence, or take the question out."


def load_ground(project_id: str, asset_id: str) -> Ground:
    """The revision that counts. Raises `not_found` for an unknown video."""
    duration_s = float(get_row(project_id, asset_id).metadata["duration"])
    current = find_current(asset_id)
    if current is None:
        return Ground("", Speech(Transcript("", "", ())), duration_s)
    return Ground(current.id, Speech(load_transcript(current)), duration_s)


def load_speech(transcript_id: str) -> Speech:
    """Of that revision; nothing is said in one that is not there."""
    row = TranscriptRow.get_or_none(TranscriptRow.id == transcript_id)
    return Speech(load_transcript(row) if row else Transcript("", "", ()))


def find_current_id(asset_id: str) -> str:
    """The id of the revision that counts; "" before transcription."""
    current = find_current(asset_id)
    return str(current.id) if current else ""
