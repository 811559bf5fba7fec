"""What a file of questions gives when it is read: questions, and what could not be understood, each with its place."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from quizsys.questions.question import Choice, Question

MOST_QUESTIONS = 500
# With what is told of those that cannot be read, and of what is none.
MOST_PIECES = 2000
MOST_OPTIONS = 100
LONGEST_TEXT = 2000
LONGEST_QUOTE = 5000
LONGEST_ID = 200
MOST_POINTS = 1000
LARGEST = 1e15
BLANK = "____"
_BLANK = re.compile(r"_{2,}")
BLOOM = ("remember", "understand", "apply", "analyze", "evaluate", "create")
DIFFICULTY = ("easy", "medium", "hard")


class Unreadable(ValueError):
    """Nothing of the file can be read; the text says why and what helps."""


class Misshapen(ValueError):
    """One question cannot be read; `code` is for programs, the text for the teacher."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Problem:
    """Something that was left out or taken otherwise. `where` is its place in the file, as "line 12"."""

    where: str
    code: str
    detail: str


@dataclass(frozen=True)
class Found:
    """A question of a file. What the file does not tell is "" or 0, its points None.

    `external_id` is its id there, or what stands in for one as long as its name stays.
    """

    question: Question
    points: float | None
    external_id: str
    where: str


@dataclass(frozen=True)
class Reading:
    """`quiz_id` is "" unless the file came from here."""

    title: str
    found: tuple[Found, ...]
    problems: tuple[Problem, ...]
    quiz_id: str = ""


@dataclass
class Draft:
    """A question while it is being read."""

    kind: str = ""
    stem: str = ""
    choices: list[Choice] = field(default_factory=list)
    answer: str = ""
    variants: list[str] = field(default_factory=list)
    tolerance: float = 0.0
    points: float | None = None
    explanation: str = ""
    quote: str = ""
    start_s: float = 0.0
    end_s: float = 0.0
    pause_at_s: float = 0.0
    chapter: str = ""
    bloom: str = ""
    difficulty: str = ""

    def sort_tags(self, tags: Iterable[str]) -> None:
        """Bloom's levels and difficulties are known by their words; the first other tag is the chapter."""
        for tag in tags:
            if tag.lower() in BLOOM:
                self.bloom = tag.lower()
            elif tag.lower() in DIFFICULTY:
                self.difficulty = tag.lower()
            else:
                self.chapter = self.chapter or tag

    def settle(self) -> None:
        """Kinds that a format writes as another one are told by their looks: steps by their places, a cloze by its
        blank."""
        places = [choice.match for choice in self.choices]
        if self.kind == "matching" and sorted(places) == sorted(str(place + 1) for place in range(len(places))):
            self.kind = "ordering"
            self.choices = [Choice(one.text, True) for one in sorted(self.choices, key=lambda one: int(one.match))]
        elif self.kind == "single_choice" and len(_BLANK.findall(self.stem)) == 1:
            self.kind = "cloze"

    def finish(self) -> Question:
        self._check()
        return Question(
            kind=self.kind,
            stem=self.stem,
            choices=tuple(self.choices),
            answer=self.answer,
            explanation=self.explanation,
            quote=self.quote,
            start_s=self.start_s,
            end_s=self.end_s,
            pause_at_s=self.pause_at_s,
            chapter=self.chapter,
            bloom=self.bloom if self.bloom in BLOOM else "",
            difficulty=self.difficulty if self.difficulty in DIFFICULTY else "",
            variants=tuple(self.variants),
            tolerance=self.tolerance,
        )

    def _check(self) -> None:
        check_options(len(self.choices) + len(self.variants))
        texts = [self.stem, self.answer, self.explanation, self.chapter, *self.variants]
        texts += [text for choice in self.choices for text in (choice.text, choice.feedback, choice.match)]
        if any(len(text) > LONGEST_TEXT for text in texts) or len(self.quote) > LONGEST_QUOTE:
            raise Misshapen("too_long", f"One of its texts has more than {LONGEST_TEXT} characters. Shorten it.")
        if self.points is not None and not 0 <= self.points <= MOST_POINTS:
            raise Misshapen("points", f"A question is worth 0 to {MOST_POINTS} points.")


def check_pieces(pieces: int) -> None:
    """Raises Unreadable for more than anybody wrote by hand."""
    if pieces > MOST_PIECES:
        raise Unreadable(f"The file has more than {MOST_PIECES} questions or other parts. Send it in pieces.")


def check_options(options: int) -> None:
    if options > MOST_OPTIONS:
        raise Misshapen("too_many", f"It has more than {MOST_OPTIONS} options or answers. Leave some out.")


def read_number(text: str) -> float:
    """Raises Misshapen, also for what only computers call a number."""
    try:
        value = float(text)
    except ValueError:
        value = LARGEST
    if not -LARGEST < value < LARGEST:
        raise Misshapen("no_number", f"{text.strip()[:40]!r} stands where a number is needed.")
    return value


class Names:
    """Ids for questions of a file that has none: by name or stem, and counted where those repeat."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def identify(self, told: str, name: str) -> str:
        """The id that the file tells, if it can be one."""
        return told if 0 < len(told) <= LONGEST_ID and told.isprintable() else self.name(name)

    def name(self, text: str) -> str:
        plain = " ".join(text.casefold().split())
        self._seen[plain] = self._seen.get(plain, 0) + 1
        return f"name:{hashlib.sha256(f'{plain} {self._seen[plain]}'.encode()).hexdigest()[:32]}"


def join_blank(before: str, after: str) -> str:
    """A stem with its answer in the middle of it."""
    before, after = before.strip(), after.strip()
    if not after or (not after.strip(".?!:") and before.endswith((".", "?", "!", ":"))):
        return before
    return f"{before} {BLANK}{'' if after[0] in '.,;:?!' else ' '}{after}"
