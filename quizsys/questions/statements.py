"""Sentences made ready to be asked about: cleaned, spelled after the slides, parsed, and the unfit ones marked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media.progress import Report
from quizsys.questions.board import Board
from quizsys.questions.clean import capital, clean
from quizsys.questions.language import parse, zipf
from quizsys.questions.sentences import Sentence
from quizsys.questions.spelling import learn_spelling
from quizsys.questions.spoken import tokens

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_HEARD_BADLY, _UNSURE, _SURE = 0.4, 0.55, 0.85
_UNKNOWN_WORD = 1.7
_SURELY_COMMON = 5.6
_NAMES = ("PERSON", "GPE", "NORP", "LOC", "FAC", "ORG", "EVENT", "WORK_OF_ART")
_PARTICLES = ("over", "through", "out", "under", "up", "down", "off", "away", "on", "in")
_TAKES_TO = ("home", "heir", "kin", "prey", "subject", "testament", "witness", "access", "key")
_CONTENT = ("NOUN", "PROPN", "VERB", "ADJ")


@dataclass(frozen=True)
class Statement:
    """One sentence as it may be shown; `panel` is its slide's place, `flaw` a reason code or None.

    `doubt` counts telling words that the recogniser was unsure of, `support` those that its slide carries too.
    """

    sentence: Sentence
    text: str
    doc: Doc
    chapter: str
    panel: int | None
    flaw: str | None
    doubt: int = 0
    support: int = 0

    @property
    def index(self) -> int:
        return self.sentence.index


def prepare_statements(
    sentences: list[Sentence], board: Board, unfit: dict[int, str], report: Report
) -> list[Statement]:
    """One Statement for each sentence, in order."""
    spelling = learn_spelling(board)
    recognised = any(word.probability < 1 for sentence in sentences for word in sentence.words)
    shown: list[str] = []
    for sentence in sentences:
        shown.append(_show(spelling.correct(sentence.words) if recognised else sentence.text))
        report(30 * len(shown) / len(sentences))
    texts = _lower_starts(shown)
    counts = Counter(word for sentence in sentences for word in tokens(sentence.text))
    statements: list[Statement] = []
    for sentence, text, doc in zip(sentences, texts, parse(texts), strict=True):
        flaw = unfit.get(sentence.index) or find_flaw(doc)
        if flaw in ("no_clause", "imperative"):
            doc, flaw = _try_capital(doc, flaw)
        if flaw is None and recognised and _is_misheard(sentence, text, doc, board, counts):
            flaw = "misheard"
        panel = board.find_panel(sentence.start_s)
        doubt, support = _count_doubts(sentence, text, doc, board), _count_support(doc, board, panel)
        statements.append(Statement(sentence, text, doc, board.chapter(sentence.start_s), panel, flaw, doubt, support))
        if sentence.index % 32 == 0:
            report(30 + 70 * sentence.index / len(sentences))
    return statements


def _show(text: str) -> str:
    letters = re.sub(
        r"\b(?:[A-Z]\b ?){2,}", lambda run: run.group().replace(" ", "") + (" " if run.group()[-1] == " " else ""), text
    )
    return clean(letters)


def _lower_starts(texts: list[str]) -> list[str]:
    """Texts that begin in lower case unless their first word is a name, so that parts of them fit inside a question."""
    inside = Counter(word for text in texts for word in re.findall(r"(?<=[\w,;] )[A-Za-z][\w'-]*", text))
    unsure = {
        text
        for text in texts
        if (word := _first_word(text))[:1].isupper() and zipf(word) < _SURELY_COMMON and not inside[word.lower()]
    }
    named = {doc.text for doc in parse(sorted(unsure)) if doc and (doc[0].ent_type_ in _NAMES or inside[doc[0].text])}
    return [text if text in named or _keeps_capital(text, inside) else text[:1].lower() + text[1:] for text in texts]


def _try_capital(doc: Doc, flaw: str) -> tuple[Doc, str | None]:
    """A second look with a capital at the start: "complements are goods" looks like an order otherwise."""
    other = next(iter(parse([capital(doc.text)])))
    if find_flaw(other):
        return doc, flaw
    other.user_data["lower_start"] = doc.text[:1].islower()
    return other, None


def _first_word(text: str) -> str:
    match = re.match(r"[A-Za-z][\w'-]*", text)
    return match.group() if match else ""


def _keeps_capital(text: str, inside: Counter[str]) -> bool:
    word = _first_word(text)
    return bool(re.search(r".[A-Z0-9]", word)) or inside[word] > inside[word.lower()]


def find_flaw(doc: Doc) -> str | None:
    """Why the sentence is no statement of a whole thought, or None."""
    words = [token for token in doc if not token.is_punct and not token.is_space]
    if not 4 <= len(words) <= 42:
        return "length"
    roots = [token for token in doc if token.dep_ == "ROOT"]
    if len(roots) != 1 or roots[0].pos_ not in ("VERB", "AUX"):
        return "no_clause"
    if roots[0].lower_ in _PARTICLES:
        return "no_clause"
    subjects = [child for child in roots[0].children if child.dep_ in ("nsubj", "nsubjpass", "expl", "csubj")]
    if not subjects:
        return "imperative"
    if re.search(r"\b(\w+ \w+) \1\b", doc.text.lower()):
        return "repeated"
    return "broken" if _lost_its_verb(roots[0]) or any(_lost_its_article(token) for token in doc) else None


def _lost_its_verb(root: Token) -> bool:
    """ "The enzyme is carbon dioxide to a sugar": a form of "be" heard for the verb that takes a thing to another."""
    for child in root.children if root.lemma_ == "be" else ():
        after = child.right_edge.i + 1
        bare = not any(word.dep_ in ("det", "poss", "nummod") for word in child.children)
        said = child.doc[child.i + 1] if child.i + 1 < len(child.doc) else None
        thing = child.dep_ == "attr" and child.tag_ == "NN" and child.lower_ not in _TAKES_TO
        following = child.doc[after] if after < len(child.doc) else None
        if (
            thing
            and bare
            and any(word is not None and word.tag_ == "IN" and word.lower_ == "to" for word in (said, following))
        ):
            return True
    return False


def _lost_its_article(token: Token) -> bool:
    """ "to 5 carbon sugar": a preposition, a number and a singular thing of two words."""
    phrase = [word for word in token.lefts if word.dep_ in ("det", "poss", "nummod", "compound", "amod")]
    counted = len(phrase) == 2 and phrase[0].tag_ == "CD" and phrase[1].dep_ == "compound"
    if token.tag_ != "NN" or token.dep_ != "pobj" or not counted or phrase[0].i != token.head.i + 1:
        return False
    year = re.fullmatch(r"1[0-9]{3}|20[0-9]{2}|one|1", phrase[0].lower_)
    return not year and phrase[1].text.islower() and token.text.islower() and len(phrase[1]) > 2 < len(token)


def _count_doubts(sentence: Sentence, text: str, doc: Doc, board: Board) -> int:
    content = {token.lower_ for token in doc if token.pos_ in _CONTENT and token.is_alpha} & set(tokens(text))
    unsure = [word for word in sentence.words[1:] if word.probability < _UNSURE]
    return sum(part in content and part not in board.words for word in unsure for part in tokens(word.text))


def _count_support(doc: Doc, board: Board, panel: int | None) -> int:
    if panel is None:
        return 0
    shown = {word[:6] for line in board.panels[panel].lines for word in tokens(line)}
    return len({token.lower_[:6] for token in doc if token.pos_ in _CONTENT} & shown)


def _is_verb_unsure(sentence: Sentence, doc: Doc) -> bool:
    """Whether the recogniser was unsure of the main verb wherever it stands."""
    verbs = {token.lower_ for token in doc if token.dep_ == "ROOT"}
    heard = [word.probability for word in sentence.words[1:] if verbs & set(tokens(word.text))]
    return bool(heard) and max(heard) < _UNSURE


def _is_misheard(sentence: Sentence, text: str, doc: Doc, board: Board, counts: Counter[str]) -> bool:
    content = {token.lower_ for token in doc if token.pos_ in _CONTENT and token.is_alpha}
    shown = set(tokens(text))
    if _is_verb_unsure(sentence, doc):
        return True
    for place, word in enumerate(sentence.words):
        for part in tokens(word.text):
            if part not in content or part not in shown or part in board.words or len(part) < 3:
                continue
            unsure = word.probability < _HEARD_BADLY and place > 0
            if unsure or (zipf(part) < _UNKNOWN_WORD and counts[part] < 3 and word.probability < _SURE):
                return True
    return False
