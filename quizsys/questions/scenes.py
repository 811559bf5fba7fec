"""Where a question plays: "With open addressing, what happens if ...?" for a stem that does not say so itself."""

from __future__ import annotations

import re
from dataclasses import replace

from quizsys.questions.board import Board
from quizsys.questions.clauses import lower_first
from quizsys.questions.draft import Draft
from quizsys.questions.gate import content_words
from quizsys.questions.language import parse, zipf
from quizsys.questions.naming import NAMING
from quizsys.questions.words import load_words

_ALWAYS = ("why", "purpose", "consequence", "meaning", "amount")
_ONLY_BARE = ("card", "date", "called", "definition", "slide_pair")
_OPENS = re.compile(
    r"^(?:What|When|Why|How|About (?:how|what)|In which year|Can|Could|Does|Do|Did|Is|Are|Was|Were|Will|Should)\b"
)
_ANYWHERE = re.compile(r"^(?:What happens|Can|Could|Does|Do|Did|Is|Are|Was|Were|Will|Should)\b")
_PROCESS = re.compile(r"(?:ing|sis|(?<!func)tion|sion|cycle|process|method|algorithm)$")
_NO_TOPIC = re.compile(
    r"\d|\b(?:lecture|lesson|week|chapter|part|unit|module|course|introduction|overview|outline|agenda|summary|recap|"
    r"welcome|today|questions?|quiz|video|slides?)\b",
    re.I,
)
_REST = re.compile(r"^(?:the )?(?:other|more|some|further|several|new|next|last|remaining)\b", re.I)
_SUBTITLE = re.compile(r"(?:,(?= ?\d)|[:–—|]| - ).*")
_NO_LABEL = re.compile(
    r"[?!:;()\[\]{}/=_]|\.\w|^\d|\b(?:lecture|lesson|week|chapter|part|unit|module|course|introduction|overview|outline|"
    r"agenda|summary|recap|welcome|today|questions?|quiz|video|slides?|references?|conclusions?|terminology|examples?|"
    r"basics?|concepts?|definitions?|exercises?|why|how|what)\b|"
    r"^(?:other|some|more|further|several|new|using|about|and|the following)\b",
    re.I,
)
_MOST_WORDS, _MOST_LABEL_WORDS = 3, 5
_UNIQUE = load_words("unique")
_KNOWN_NAME, _KNOWN_WORD = 3.0, 1.0


class Scenes:
    """The settings that a lesson's titles give: its topic, and the methods and processes that single slides show."""

    def __init__(self, board: Board, title: str, said: str) -> None:
        self._said = said
        self._board = board
        self._title = title
        self.topics = [self._read(_SUBTITLE.sub("", title))]

    def list_for(self, draft: Draft) -> list[str]:
        """ "open addressing", "hash tables": the slide's own for what happens there, then the lesson's."""
        panel = draft.first.panel
        title = self._board.panels[panel].title if panel is not None else ""
        own = self._read(title.rpartition(":")[2])
        method = [own] if own[:1].islower() and _PROCESS.search(own) and draft.stem.startswith("What happens") else []
        return [*method, *filter(None, self.topics)]

    def list_labels(self, draft: Draft) -> list[str]:
        """ "Nearest Neighbours", "Skies of the Pacific": titles that can stand before a stem as they are."""
        titles = (draft.first.chapter.strip(" .¶"), _SUBTITLE.sub("", self._title).strip(" ."))
        return [text for text in titles if 1 <= len(text.split()) <= _MOST_LABEL_WORDS and not _NO_LABEL.search(text)]

    def _read(self, text: str) -> str:
        """The title as the speaker says it, or "" when it is no term of 1-3 words."""
        text = text.strip(" .")
        words = re.sub(r"^(?:the|an?) ", "", text, flags=re.I).split()
        if (
            not 1 <= len(words) <= _MOST_WORDS
            or _NO_TOPIC.search(text)
            or _REST.match(text)
            or re.search(r",| (?:and|or|vs) ", text)
        ):
            return ""
        lower = lower_first(text)
        shown = lower if lower != text and (self._says(lower.split()[0]) or lower.startswith("the ")) else text
        known = any(self._says(form) for word in words[-1:] for form in (word, word.removesuffix("s"), word.lower()))
        mixed = re.match(r"(?!the )[a-z].* [A-Z]", shown)
        return shown if known and not mixed and _is_term(shown) else ""

    def _says(self, word: str) -> bool:
        return re.search(rf"\b{re.escape(word)}", self._said, re.I if word[:1].isupper() else 0) is not None


def _is_term(text: str) -> bool:
    doc = next(iter(parse([text])))
    fit = all(token.pos_ in ("NOUN", "PROPN", "ADJ", "DET") or token.tag_ in ("VBG", "VBN", "VBD") for token in doc)
    named = any(token.ent_type_ == "PERSON" for token in doc)
    return fit and not named and doc[-1].pos_ in ("NOUN", "PROPN", "VERB")


def set_scene(draft: Draft, scenes: Scenes) -> Draft:
    """The draft with its scene, where the stem lacks it and it does not give the key away."""
    if not _OPENS.match(draft.stem):
        return _label(draft, scenes) if draft.pattern in ("amount", "why", "purpose") else draft
    if not _lacks(draft):
        return draft
    stem, key = content_words(draft.stem), content_words(draft.key)
    for setting in scenes.list_for(draft):
        words = content_words(setting)
        if words & stem:
            return draft
        if not words & key or draft.pattern in (*_ALWAYS, "card"):
            return replace(draft, scene=f"{'in' if setting in scenes.topics else 'with'} {setting}")
    return _label(draft, scenes)


def _label(draft: Draft, scenes: Scenes) -> Draft:
    """The draft under the first title that neither its stem nor its key speaks of."""
    shown = content_words(draft.stem) | content_words(draft.key)
    needy = draft.kind != "open" and draft.pattern != "consequence" and _hangs(draft)
    labels = scenes.list_labels(draft) if needy else []
    if any(content_words(label) & content_words(draft.stem) for label in labels):
        return draft
    return next((replace(draft, topic=label) for label in labels if not content_words(label) & shown), draft)


def _is_unknown_name(key: str) -> bool:
    """A proper name that few have heard: what bears it is told by the lesson alone."""
    words = key.split()
    return bool(re.match(r"[A-Z][a-z]", key)) and min(map(zipf, words)) < (
        _KNOWN_NAME if len(words) > 1 else _KNOWN_WORD
    )


def _lacks(draft: Draft) -> bool:
    if draft.pattern in NAMING and _is_unknown_name(draft.key):
        return True
    if draft.pattern not in _ALWAYS + _ONLY_BARE or re.search(r" [A-Z]", draft.stem.removesuffix(" Why or why not?")):
        return False
    if draft.pattern in _ALWAYS or (draft.pattern == "card" and _ANYWHERE.match(draft.stem)):
        return True
    return _names_bare(draft.stem)


def _hangs(draft: Draft) -> bool:
    return (draft.pattern in NAMING and _is_unknown_name(draft.key)) or _names_bare(draft.stem)


def _names_bare(stem: str) -> bool:
    """ "the emperor", "the algorithm": a thing that something outside the stem has named."""
    alone = [token for token in next(iter(parse([stem]))) if token.tag_ == "NN" and token.lower_ not in _UNIQUE]
    return any([word.lower_ for word in token.subtree] == ["the", token.lower_] for token in alone)
