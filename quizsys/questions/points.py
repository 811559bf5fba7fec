"""Questions for what a speaker says outright: "the purpose of X is to ...", "the idea behind X is that ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quizsys.questions.clauses import Clause, lower_first, strip_afterthought
from quizsys.questions.clean import capital
from quizsys.questions.draft import Draft

_POINT = re.compile(
    r"^the (?P<what>(?:(?:key|main|central|basic|big|chief|core|essential|fundamental|great|major|primary|real|sole|"
    r"original|ultimate) )?(?:idea|innovation|goal|purpose|aim|problem|advantage|disadvantage|benefit|drawback|"
    r"function|role|job|task|effect|result|consequence|weakness|strength|trick|insight|principle|objective|danger)) "
    r"(?P<of>(?:of|behind|with) (?:(?!\b(?:this|that|these|those|it|its|them|their|our|my|your|his|her|such)\b)[^,;:])"
    r"{3,60}?) (?P<verb>is|was) (?P<key>(?:that|to) [^;:]+)\.$",
    re.I,
)
_ADDED = re.compile(r", (?:which|who|so|but|and|while|whereas|because|since|assuming|leading|making|causing)\b.*$")
_FEWEST_WORDS = 4


def ask_points(clauses: list[Clause]) -> Iterator[Draft]:
    """Drafts for whole sentences of that kind; the answer is the clause after "that", or "To ..."."""
    for clause in clauses:
        match = _POINT.match(clause.text) if clause.whole else None
        key = strip_afterthought(_ADDED.sub("", match["key"].removeprefix("that "))) if match else ""
        if match and len(key.split()) >= _FEWEST_WORDS:
            stem = f"What {match['verb']} the {lower_first(match['what'])} {match['of']}?"
            said = clause.statement
            yield Draft("single_choice", stem, capital(key), said, said, 0.9, bloom="understand", pattern="meaning")
