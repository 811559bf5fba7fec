"""What a strict teacher would throw away, though nothing in it is wrong. Only the rules' drafts are held to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from quizsys.questions import bearing, conditions, instances, leftovers, pointing, posed, replies, told, years
from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.gate.content import content_words
from quizsys.questions.language import likeness, parse_one, zipf
from quizsys.questions.naming import NAMING, find_meaning
from quizsys.questions.spoken import holds
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Token

_LONGEST_STEM_WORDS, _LONGEST_KEY_WORDS = 26, 18
_COMMON_KEY = 4.7
_ADVICE = re.compile(
    r"^(?:(?:then|simply|just|so) )?(?:you|we|one|everyone|users?|people)(?:'ll)? "
    r"(?:(?:simply|just|always|usually|only|also|clearly|probably|can|could|may|might|should|must|need|will|would|"
    r"have to|want|do not|cannot)\b|(?:are|is) (?:able|required|free|going)\b)|^all you need\b|^it is (?:best|better|"
    r"good|possible|important|necessary|useful|worth)\b|\b(?:we|you) (?:clearly )?(?:want|need|should)\b",
    re.I,
)
_MENTAL = (
    r"want|wish|need|like|decide|prefer|look|trace|consider|think|know|wonder|ask|remember|see|say|talk|speak|call|"
    r"compare|care|read|recall|imagine|study|try|hope|work|use|have|had|keep|make sure|plan|choose|understand|find|"
    r"notice|learn|get to|go back|take a|turn to|focus|start with|come|are|were|do not|did not|don't"
)
_PERSONAL_CONDITION = re.compile(
    rf"^(?:if|when|whenever|once) (?:you|we|I|someone|somebody) (?:\w+ly )?(?:{_MENTAL})\b"
)
_ORDINAL = re.compile(
    r"\bcall one\b|\b(?:call|is|are) (?:(?:one|two|three|some) of )?the (?:second|first|third|fourth|other|next|last|"
    r"same|following|previous|only|new|latter|former|resulting|two|three|four|five|above)\b",
    re.I,
)
_POINTS = re.compile(
    r"^(?:these|this|those|that|such|it|they|he|she|here|there|his|her|their|its|when|if|and|or|but|then|otherwise|"
    r"typically|usually|generally|often|sometimes|also|instead|likewise|only|in a way)\b",
    re.I,
)
_TORN_LEAD = re.compile(
    r"^(?:In [^,]+, )?(?:(?:when|if|although|while|as|since|that|which|even|rather|instead),|even though\b|unlike\b|"
    r"as a result\b|in (?:this|that|such|either|both|some|most|many|these|those) cases?\b|at (?:this|that) \w+\b|"
    r"for (?:this|that) reason\b|in the (?:example|figure|diagram|picture|image|table|graph)\b|"
    r"likewise\b|otherwise\b|in other words\b)|, then,",
    re.I,
)
_SUCH = re.compile(r"\bsuch (?!as\b)|\b(?:so far|at this point|as (?:we|you) (?:saw|know)|again)\b", re.I)
_HYPOTHETICAL_CARD = re.compile(r"^(?:what if|so what|why not|what else|guess|who cares|isn't|aren't)\b", re.I)
_EXAMPLE_PEOPLE = re.compile(
    r"\b(?:Alice|Bob|Carol|Charlie|Dave|Eve|Mallory|Jane|Joe|Mary|Sally|Fred|Tom|Susan|Sue|Jack|Jill|Jim|Mike)\b"
)
_NTH = re.compile(r"\bthe (?:first|second|third|fourth|last|next|other|previous) (?!of\b)\w+", re.I)
_SPOKEN = re.compile(r"^(?:because|by|yes|no)\b", re.I)
_FARTHEST = 0.3
_HOLLOW = re.compile(
    r"\b(?:us|our|called|known as|(?:similar|the same) (?:problem|thing|situation|way|effect|happens))\b|"
    r"^(?:an|the )?other\b|^you (?:request|realize)\b",
    re.I,
)
_TO_YOU = re.compile(r"\b(?:do|does|did|are|were|will|would|must|can|may) (?:you|we)\b", re.I)
_EMPTY_PURPOSE = re.compile(r"^to (?:be|get|go|do|have|happen|come|make sure|see if)\b", re.I)
_ARRANGED = re.compile(r"\b(?:can|could|may|might) (?:\w+ )?(?:be )?", re.I)


_TORN = re.compile(r",\s*,|\b(?:and|or) ?,|\b(\w{3,}) \1\b(?! \1)|&\w+", re.I)
_DANGLING = re.compile(
    r"\b(?:and|or|but|the|an?|of|to|for|between|from|because|that|which|is|are|was|were|its|their|than|as|per)$", re.I
)
_ENDS_OPEN = re.compile(r"\b(?:with|in|on|at|by|into|about|through|under|over)$", re.I)
_SYMBOL = re.compile(r"(?<!['’-])\b[B-HJ-Zb-hj-z]\b(?!['’]| (?:cells?|lymphocytes?)\b)|\w[+*=]\w|[a-z]/[a-z]")
_TAME = re.compile(
    r"\b(?:commonly|widely|often|usually|important|popular|common|typical|useful|major|key|main|just)\b", re.I
)
_THAT = re.compile(
    r"\b(?:in|at|to|from|by|of|for|with|on|into) that \w+\b|\b(?:in|of) this \w+|"
    r"\b(?:these|such) kinds?\b|\bthe same way\b",
    re.I,
)
_DEMONSTRATIVE = re.compile(r"\b(?:these|those|such|this)\b", re.I)
_PLAIN_KEY = re.compile(
    r"\b(?:nice|good|great|specific|certain|possible|important|useful|interesting|last|first|top|bottom|extra|best|"
    r"better|whole|same|right|wrong)\b",
    re.I,
)
_ANYTHING = re.compile(r"\b(?:everything|something|anything|nothing|someone|these|those)\b", re.I)
_FEWEST_MEANING = 3


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0 and text.count("“") == text.count("”")


def find_broken(draft: Draft, _board: Board) -> str | None:
    """Brackets or quotation marks that were cut in two, an empty place between commas, a word twice."""
    for text in (draft.stem, draft.key):
        if not _is_balanced(text) or _TORN.search(text) or _DANGLING.search(text.rstrip(" ?.")):
            return "cut_in_two"
    return "formula" if _SYMBOL.search(f"{draft.stem} {draft.key} {' '.join(draft.pool)}") else None


def find_length(draft: Draft, _board: Board) -> str | None:
    """A stem that must be read twice, or an answer that nobody would write down."""
    written = draft.kind in ("single_choice", "short_answer")
    too_long = written and len(draft.key.split()) > _LONGEST_KEY_WORDS
    return "long_winded" if too_long or len(draft.full_stem.split()) > _LONGEST_STEM_WORDS else None


def find_advice(draft: Draft, _board: Board) -> str | None:
    """What to do rather than what is so; a condition that is only in somebody's mind."""
    if draft.pattern == "consequence":
        condition = re.sub(r"^.*?\bwhat happens (?:to [\w ]+? )?(?=if\b|when)", "", draft.stem, flags=re.I)
        if _ADVICE.search(draft.key) or _PERSONAL_CONDITION.match(condition) or " then " in condition:
            return "advice"
        if (
            re.search(r"\b(?:we|us|our|I|any of the)\b", condition)
            or _ANYTHING.search(condition)
            or _HOLLOW.search(draft.key)
        ):
            return "advice"
    empty = _ARRANGED.search(draft.stem) or _EMPTY_PURPOSE.match(draft.key) or _ENDS_OPEN.search(draft.key)
    return "advice" if draft.pattern == "purpose" and empty else None


def find_address(draft: Draft, _board: Board) -> str | None:
    """A fact about the listener or about words, where one about the matter was looked for."""
    if draft.pattern in ("why", "purpose", "amount", "object", "date") and _TO_YOU.search(draft.stem):
        return "advice"
    if draft.pattern == "card":
        return "example" if re.search(r"[$£€%]", draft.stem) else None
    if draft.pattern == "meaning" and re.search(r"\bmean that (?:the|mainly|in|this|these)\b", draft.stem):
        return "points_away"
    hollow = r"^(?:What|Which of these) (?:refers?|means?|describes?|is described|are described)\b"
    return "thin" if re.search(hollow, draft.stem) or (draft.pattern == "amount" and " called " in draft.stem) else None


def find_pointer(draft: Draft, _board: Board) -> str | None:
    """A key or a stem that needs what was said before."""
    if draft.kind in ("single_choice", "short_answer", "cloze") and _POINTS.match(draft.key):
        return "points_away"
    if draft.pattern != "card" and (_THAT.search(draft.stem) or _THAT.search(draft.key)):
        return "points_away"
    if draft.pattern in ("why", "purpose", "consequence") and _DEMONSTRATIVE.search(draft.key):
        return "points_away"
    if draft.kind == "true_false" and re.search(r"\b(?:we|our|us)\b", draft.stem, re.I):
        return "points_away"
    if draft.pattern != "card" and any(rule.search(draft.stem) for rule in (_SUCH, _ORDINAL, _TORN_LEAD)):
        return "points_away"
    return None


def find_vague(draft: Draft, board: Board) -> str | None:
    """ "the problem", "the message": a bare noun for something that only the listener has met."""
    if draft.pattern == "card":
        return None
    for token in parse_one(draft.stem):
        words = {token.lower_, token.lemma_.lower()} & load_words("bare")
        alone = token.i > 0 and token.nbor(-1).lower_ == "the" and not _is_told(token)
        if words and alone and not board.knows(token.text):
            return "vague"
    return "vague" if _NTH.search(draft.stem) else None


def _is_told(noun: Token) -> bool:
    """Whether what follows the noun says which one is meant."""
    paired = [token for token in noun.conjuncts if token.i > noun.i]
    last = paired[-1] if paired else noun
    following = last.nbor() if last.i + 1 < len(last.doc) else last
    return following.pos_ in ("NOUN", "PROPN", "ADP", "SCONJ") or following.lower_ in ("that", "which", "who", "where")


def find_common_key(draft: Draft, board: Board) -> str | None:
    """A key that is an everyday word and no term of the slides."""
    words = draft.key.split() or [""]
    term = draft.pattern in (*NAMING, "subject", "object") and len(words) == 1
    everyday = zipf(words[0]) > _COMMON_KEY or words[0].lower().removesuffix("s") in load_words("bare")
    common = term and everyday and not board.knows(words[0])
    return "common_key" if common else None


def find_thin(draft: Draft, _board: Board) -> str | None:
    """A description that fits many things: too short, softened, or in apposition to itself."""
    meaning = find_meaning(draft.stem)
    if draft.pattern not in NAMING or not meaning:
        return None
    short = len(content_words(meaning)) < _FEWEST_MEANING and len(meaning.split()) < _FEWEST_MEANING + 2
    if not re.match(r"[a-z]", meaning) or '"' in meaning or _PLAIN_KEY.search(draft.key):
        return "thin"
    return "thin" if short or _TAME.search(meaning) or re.match(r"\w+, (?:the|an?) ", meaning) else None


def find_story(draft: Draft, _board: Board) -> str | None:
    """Facts about the people of an example, questions that are no questions."""
    if _EXAMPLE_PEOPLE.search(f"{draft.stem} {draft.key}"):
        return "example"
    if draft.pattern != "card":
        return None
    return "rhetorical" if _HYPOTHETICAL_CARD.match(draft.stem) or not _is_answered(draft) else None


def _is_answered(card: Draft) -> bool:
    """Whether what follows the lecturer's question speaks of the same things."""
    shared = content_words(card.stem) & content_words(card.key)
    return bool(shared or _SPOKEN.match(card.key)) or likeness(card.stem, card.key) >= _FARTHEST


def find_trifle(draft: Draft, _board: Board) -> str | None:
    """A statement to judge that turns on a bare number, and a swap of which only a score is left."""
    return (
        "trifle"
        if draft.kind == "true_false" and re.search(r"\b(?:with|of|is|are|was) \d+\.$|\d\.(?:\d|$)|\"", draft.stem)
        else None
    )


def find_self_answer(draft: Draft, _board: Board) -> str | None:
    """An answer that says the question again."""
    same = draft.pattern not in ("card",) and len(draft.key.split()) > 2 and holds(draft.stem, draft.key)
    return "key_in_stem" if same else None


Rule = Callable[[Draft, Board], str | None]
RULES: tuple[Rule, ...] = (
    find_broken,
    find_length,
    find_advice,
    find_address,
    find_pointer,
    find_common_key,
    find_thin,
    find_story,
    find_trifle,
    find_self_answer,
    find_vague,
    bearing.find_double_card,
    bearing.find_elsewhere,
    bearing.find_no_event,
    bearing.find_loose_purpose,
    bearing.find_loose_reason,
    pointing.find_demonstrative,
    pointing.find_no_term,
    pointing.find_torn,
    pointing.find_open_subject,
    conditions.find_open_condition,
    told.find_cut_name,
    told.find_orphan_pronoun,
    told.find_mere_description,
    told.find_passing_date,
    years.find_undated,
    told.find_passing_person,
    told.find_passing_amount,
    told.find_example,
    told.find_restated,
    posed.find_posed,
    replies.find_reported,
    replies.find_backward,
    replies.find_half_answer,
    instances.find_spelled_out,
    leftovers.find_pointing_key,
    leftovers.find_left_over,
    leftovers.find_half_reason,
    leftovers.find_repeated_noun,
    leftovers.find_remark,
    leftovers.find_pictured,
)


def find_fault(draft: Draft, board: Board) -> str | None:
    """The code of the first rule that the draft breaks, or None."""
    return next((fault for rule in RULES if (fault := rule(draft, board))), None)
