"""What a lesson's questions stand on."""

from dataclasses import dataclass

from quizsys.questions.sentences import Sentence

SLACK_S = 0.05
"""How far two times of one moment may be apart."""


@dataclass(frozen=True)
class Grounds:
    """What a lesson's questions stand on. `unfit` gives a reason code for sentences that must not be asked about;
    `titles` are the lesson's own and its first slide's, which are on show all the time.
    """

    sentences: tuple[Sentence, ...]
    duration_s: float
    unfit: dict[int, str]
    titles: tuple[str, ...] = ()

    def find_span(self, quote: str, near_s: float) -> tuple[int, int] | None:
        """First and last sentence index of the place nearest to near_s where the quote stands; None if nowhere."""
        best: tuple[float, int, int] | None = None
        for first, sentence in enumerate(self.sentences):
            last = first
            text = sentence.text
            while len(text) < len(quote) and last + 1 < len(self.sentences):
                last += 1
                text += " " + self.sentences[last].text
            if quote in text and (best is None or abs(sentence.start_s - near_s) < best[0]):
                best = (abs(sentence.start_s - near_s), first, last)
        return best[1:] if best else None
