"""Which sentences the speaker takes back. Nothing is asked about them and no answer rests on them."""

import re

_INSIDE = re.compile(
    r"\b(?:no,? (?:sorry|wait|actually)|sorry,? (?:i mean|i meant|no|that)|i mean(?:t)?,? (?:to say|not)|"
    r"i mean(?:t)? (?=\w+ ?\w*[,.])|"
    r"i misspoke|i take that back|scratch that|strike that|let me correct|correction[,:]|oops|my mistake|my bad|"
    r"(?:that's|that is|that was|this is) (?:wrong|not right|not quite right|incorrect|a mistake)|i was wrong|"
    r"i got that wrong|"
    r"or rather|sorry,? not|no,? not|wait,? no|excuse me,|i said .{3,40}\b(?:but|i meant)\b|not .{1,30}, sorry|"
    r",? sorry[,.]|"
    r"should have said|i mixed (?:that|those|them) up|make that)",
    re.I,
)
_LOOKS_BACK = re.compile(
    r"^(?:(?:oh|well|um|uh|er|and|but|so|actually|hmm|ah|okay|now)[,.]? )*(?:no\b[,.]?(?! (?:one|matter|more|two|"
    r"longer|other|"
    r"\w+ (?:is|are|was|were|can|could|has|have|do|does|did|will)))|sorry\b|wait\b|scratch\b|strike\b|correction\b|"
    r"oops|i mean\b|i meant\b|"
    r"i misspoke|i take that|let me correct|let me rephrase|my mistake|excuse me|actually,? no|"
    r"(?:that's|that is|that was) (?:wrong|not right|not quite right|incorrect|a mistake|not true|not what))",
    re.I,
)
_SHORT_WORDS = 4


def find_takebacks(texts: list[str]) -> set[int]:
    """Indexes of sentences that retract or are retracted.

    A sentence that opens by looking back ("No, wait, ...") takes the one before it along, and, if it is only such
    a marker ("No, sorry."), the one after it too: recognisers cut one spoken correction into several sentences.
    """
    taken: set[int] = set()
    for index, text in enumerate(texts):
        answers = index > 0 and texts[index - 1].rstrip().endswith("?")
        looks_back = bool(_LOOKS_BACK.search(text)) and not (answers and not _INSIDE.search(text))
        if not looks_back and not _INSIDE.search(text):
            continue
        taken.add(index)
        if looks_back and index:
            taken.add(index - 1)
        if len(text.split()) <= _SHORT_WORDS:
            taken |= {max(0, index - 1), min(len(texts) - 1, index + 1)}
    return taken
