"""Words put right after the slides: what was heard like a slide's word, is written like it. Quotes are left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from media.transcript import Word
from quizsys.questions.board import Board
from quizsys.questions.language import zipf
from quizsys.questions.spoken import plain, sounds, squeeze

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’\-]*")
_TAIL = re.compile(r"[.,;:!?\"')\]”’]*$")
_LONGEST = 4
_SURE = 0.6
_TOO_COMMON = 5.6
_KNOWN = 4.3


@dataclass(frozen=True)
class Spelling:
    """Slide spellings: by sound, by squeezed letters, and the ones with capitals inside."""

    by_sound: dict[str, str]
    by_letters: dict[str, str]
    names: dict[str, str]

    def correct(self, words: tuple[Word, ...]) -> str:
        """The words as text, each window of 1-4 of them replaced by the slide's spelling where they sound alike."""
        written: list[str] = []
        place = 0
        while place < len(words):
            used, text = self._match(words[place : place + _LONGEST])
            written.append(text)
            place += used
        return " ".join(written)

    def _match(self, window: tuple[Word, ...]) -> tuple[int, str]:
        for size in range(len(window), 0, -1):
            part = window[:size]
            spoken = " ".join(word.text for word in part)
            tail = _TAIL.search(spoken)
            end = tail.group() if tail else ""
            bare = spoken[: len(spoken) - len(end)]
            if re.search(r"[.,;:!?] ", bare):
                continue
            found = self._find(bare, part)
            if found and found != bare:
                return size, found + end
        return 1, window[0].text

    def _find(self, spoken: str, words: tuple[Word, ...]) -> str | None:
        letters = squeeze(spoken)
        if plain(spoken) in self.names:
            return self.names[plain(spoken)]
        if letters in self.by_letters:
            same = self.by_letters[letters]
            return same if plain(same) != plain(spoken) else None
        return self._find_by_sound(spoken, words)

    def _find_by_sound(self, spoken: str, words: tuple[Word, ...]) -> str | None:
        code = sounds(spoken)
        if not re.fullmatch(r"[A-Za-z' -]+", spoken):
            return None
        for wanted, ending in ((code, ""), (code + "S", "-s"), (code.removesuffix("S"), "+s")):
            slide = self.by_sound.get(wanted)
            if (
                slide is None
                or (ending == "-s" and not slide.endswith("s"))
                or (ending == "+s" and not re.search(r"[sxz]$", spoken))
            ):
                continue
            shown = slide[:-1] if ending == "-s" else slide + "s" if ending == "+s" else slide
            shown = self.names.get(plain(shown), shown)
            if len(shown.split()) > len(spoken.split()) and len(code) < 7:
                continue
            return shown if _is_mishearing(spoken, shown, words) else None
        return None


def _is_mishearing(spoken: str, slide: str, words: tuple[Word, ...]) -> bool:
    """Whether the spoken words are more likely the slide's misheard than words of their own."""
    said, shown = plain(spoken).split(), plain(slide).split()
    if plain(spoken) == plain(slide) or any(
        _same_stem(one, other) for one in said for other in shown if len(said) == 1
    ):
        return False
    if any(zipf(word) > _TOO_COMMON and word not in shown for word in said) or any(
        word in said for word in shown if len(said) > len(shown)
    ):
        return False
    rare = min(zipf(word) for word in said)
    sure = min(word.probability for word in words)
    if len(said) > len(shown) and ((rare > _KNOWN and sure > _SURE - 0.1) or len(sounds(slide)) < 5):
        return False
    if len(said) == len(shown) == 1:
        return rare < 3.0 if len(sounds(slide)) < 4 else rare < 3.2 or (sure < _SURE and rare < 4.2)
    if len(said) == len(shown) and sum(one == other for one, other in zip(said, shown, strict=True)) < len(said) - 1:
        return False
    return sure < _SURE or rare < 3.5 or len(said) != len(shown) or len(said) > 1


def _same_stem(one: str, other: str) -> bool:
    size = min(len(one), len(other), 5)
    return size >= 4 and one[:size] == other[:size] and zipf(one) > 2.5


def learn_spelling(board: Board) -> Spelling:
    """The spellings of all windows of 1-3 words on the slides, rare ones only by sound."""
    by_sound: dict[str, str] = {}
    by_letters: dict[str, str] = {}
    names: dict[str, str] = {}
    for panel in board.panels:
        for line in (*panel.lines, panel.title):
            for phrase in _list_windows(line):
                _learn(phrase, by_sound, by_letters)
            if re.search(r"\b[a-z]{4,}", line) or len(line.split()) < 5:
                names |= {plain(name): name for name in _list_names(line)}
    return Spelling(by_sound, by_letters, names)


def _learn(phrase: str, by_sound: dict[str, str], by_letters: dict[str, str]) -> None:
    words = phrase.split()
    if re.fullmatch(r"[\d.,]+", squeeze(phrase)):
        return
    shown = " ".join(word if _keeps_case(word, place) else word.lower() for place, word in enumerate(words))
    if re.search(r"\d|[A-Z].*[A-Z]|[a-z][A-Z]", phrase) or len(words) == 1:
        by_letters.setdefault(squeeze(phrase), shown)
    code = sounds(phrase)
    if not all(word.isalpha() for word in words):
        return
    if len(code) >= (3 if len(words) == 1 else 5) and min(zipf(word) for word in words) < 4.6:
        by_sound.setdefault(code, shown)


def _keeps_case(word: str, place: int) -> bool:
    return bool(re.search(r"\d|^.+[A-Z]", word)) or (place > 0 and word[0].isupper())


def _list_windows(line: str) -> list[str]:
    pieces = [_WORD.findall(piece) for piece in re.split(r"[:;,=+→/()]|->", line)]
    return [
        " ".join(piece[first : first + size])
        for piece in pieces
        for size in (1, 2, 3)
        for first in range(len(piece) - size + 1)
    ]


def _list_names(line: str) -> list[str]:
    """Runs of 2-5 words that begin and end with a capital and do not open the line in plain title case."""
    runs = re.findall(r"\b[a-zA-Z]{2,}(?:-[a-zA-Z]{2,})+\b", line)
    runs += re.findall(
        r"\b[A-Z][\w’'-]+(?: (?:of|the|and|du|de|la|le|for))*(?: (?:(?:of|the|and|for) )*[A-Z][\w’'-]+)+", line
    )
    runs += re.findall(r"(?<=\b[a-z] )[A-Z][a-z]{3,}(?= [a-z]{4})|(?<=\bthe )[A-Z][a-z]{3,}(?= [a-z]{4})", line)
    return [run for run in runs if len(run.split()) <= 6]
