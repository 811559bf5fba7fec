"""A spoken sentence made fit to be read in a stem. The quote stays as it was said."""

import re

from quizsys.questions.spoken import write_numbers

_CONTRACTIONS = (
    (r"\bcan't\b", "cannot"),
    (r"\bwon't\b", "will not"),
    (r"\bshan't\b", "shall not"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'ll\b", " will"),
    (r"'ve\b", " have"),
    (r"\b(I|you|we|they)'d\b", r"\1 would"),
    (r"\bI'm\b", "I am"),
)
_OPENERS = (
    r"(?:so|and|but|now|okay|ok|well|right|alright|all right|yes|yeah|then|also|again|finally|anyway|of course|"
    r"in fact|indeed|"
    r"for example|for instance|however|therefore|moreover|furthermore|in addition|in response|in general|"
    r"in other words|on the other hand|by contrast|"
    r"as we saw|as you know|as i said|as i mentioned|surprisingly|interestingly|understandably|unfortunately|"
    r"oddly enough|"
    r"first(?: of all)?|secondly|firstly|thirdly|next|lastly|similarly|thus|hence|basically|actually|essentially|"
    r"remember|"
    r"great|good|look|see|say|um|uh|er|one last warning|one more thing|to recap|in short|in summary|to sum up)"
)
_STRIP = re.compile(
    rf"^(?:{_OPENERS},|(?:so|and|but|now|okay|ok|well|right|yes|yeah|or|um|uh|er|thus|hence|also)\b(?! (?:long|far|"
    rf"that|many|much|called)\b),?|"
    rf"(?:(?:one|1) (?:last|final|more) (?:warning|thing|point|note)|warning|note|remember)[:,]?(?= \w+ (?:should|"
    rf"must|can|is|are)\b)|"
    rf"(?:whenever|when|if|once) (?:this|that|it) (?:happens|occurs),? (?=(?:whenever|when|if|once)\b)|"
    rf"let (?:me|us) (?:say|repeat|stress)[^,]*,) *",
    re.I,
)
_FRAMES = re.compile(
    r"^(?:(?:please )?(?:keep in mind|remember|note|notice|recall|be aware)|it is (?:important|worth|useful|"
    r"interesting) to (?:note|remember|know|see)|it turns out|"
    r"the (?:key|main|important|crucial|big) (?:point|thing|idea)(?: here)? is|we (?:know|saw|have seen|can see|"
    r"say)|you (?:can see|will see|know)|"
    r"what (?:matters|is important) is|the (?:fact|point) is|this means|that means|one last warning is) that ",
    re.I,
)
_INSIDE = (
    (r"\[[^\]]*\]|\([^)]*\)", ""),
    (r"\b(?:um|uh|er|erm|hmm),? ", ""),
    (
        r",? (?:you know|i mean|as i said|as we saw|as you know|of course|if you like|confusingly|"
        r"oddly enough|interestingly|for instance|for example|by contrast|however|though|in contrast|"
        r"on the other hand|on the contrary|in turn|therefore|then|in fact|remember|surprisingly|sort of speak|"
        r"so to speak|perhaps surprisingly),(?! and)",
        "",
    ),
    (r"\b(?:basically|actually|literally|really|simply|obviously|essentially|right now|of course) ", ""),
    (r"(?<=[a-z]) (?:kind|sort) of (?=[a-z]+(?:ly|ed|ing|al|ive)\b)", " "),
    (r",? (?:right|okay|ok|alright|all right|yeah|you know|of course|too|as well|once more|at once)(?=[.]$)", ""),
    (r",? and (?:that is|that's) [^,]*\bI (?:promised|mentioned|said|told|described)\b[^,.]*", ""),
    (r",? (?:that|which) (?:we|I) (?:just|have|already|have just) \w+(?=[.,])", ""),
    (r" (?:that|which) (?:we|I) (?:just |have |already )+(?:made|saw|met|mentioned|described|discussed)(?=[.,])", ""),
    (r"(?<=\d) (?=%)", ""),
    (r"(?<=\d) (?=[.,]\d)", ""),
)

_SAID_TWICE = re.compile(r"\b((?i:[a-z]{2,})) (?i:\1)\b(?!-)")
_NAMED_TWICE = re.compile(r"([A-Z][a-z]+) \1")
_COUNTED = re.compile(
    r"^(?:version|stage|system|chapter|type|number|step|part|phase|level|figure|war|class|group|unit|case|option|"
    r"rule|law|layer|photosystem|\d+|by|modulo|mod|plus|minus|equals|times) $",
    re.I,
)
_ITS = (
    (r"\b(of|on|in|by|with|from|to|for|at|into|during|through) it's\b(?! (?:an?|the|not|all|being)\b)", r"\1 its"),
    (
        r"\bit's (?!(?:what|who|how|where|why|which|that|this|not|all|some\w*|every\w*|no\w*|time|true)\b)"
        r"(?=[a-z]{3,} (?:changes|falls|rises|grows|drops|increases|decreases|shrinks|depends|becomes|stays|remains|"
        r"is|are|was|were|has|can|will|must|may)\b)",
        "its ",
    ),
    (r"\bits (?=(?:an?|the|not|been|very|just|also|called|because|going)\b)", "it's "),
)
_BARE_STEP = re.compile(
    r"\b(to|from|at|into|in|on|with|by) (?=(?:higher|lower|larger|smaller|deeper|longer|shorter|later|earlier) "
    r"(?:[a-z]+ )?(?:level|state|rate|value|number|degree|point|position|layer|stage|version|price)\b(?! of\b))",
    re.I,
)
_DENIAL = re.compile(r"^no,? (?=\w+ (?:cannot|can not|do not|does not|is not|are not|will not)\b)", re.I)


def expand(text: str) -> str:
    """Contractions written out ("doesn't" as "does not")."""
    text = text.replace("’", "'")
    for pattern, full in _CONTRACTIONS:
        text = re.sub(pattern, full, text, flags=re.I)
    return text


def mend(text: str) -> str:
    """Slips of the recogniser that never change the sense: "it's" for "its", "to higher level" without its article."""
    for pattern, kept in _ITS:
        text = re.sub(pattern, kept, text)
    return _BARE_STEP.sub(lambda found: f"{found.group(1)} {_article(text[found.end() :])} ", text)


def _article(following: str) -> str:
    return "an" if following[:1].lower() in "aeiou" else "a"


def clean(text: str) -> str:
    """The statement without fillers, openers and frames; first letter as it was; ends with one full stop."""
    text = write_numbers(write_ones(expand(mend(text.replace("’", "'")))))
    for pattern, kept in _INSIDE:
        text = re.sub(pattern, kept, text, flags=re.I)
    text = _SAID_TWICE.sub(_say_once, text)
    before = ""
    while before != text:
        before = text
        text = _FRAMES.sub("", _STRIP.sub("", _DENIAL.sub("", text.lstrip(" ,"))))
    text = re.sub(r" +([,.;:?!])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,;:")
    return text if text.endswith((".", "?")) else text.rstrip(".!") + "."


def _say_once(match: re.Match[str]) -> str:
    """A word said twice by a slip once; a name of two equal words ("Walla Walla") stays whole."""
    return match.group() if _NAMED_TWICE.fullmatch(match.group()) else match.group(1)


def _write_one(match: re.Match[str]) -> str:
    return match.group() if match.group(1) and _COUNTED.search(match.group(1)) else f"{match.group(1) or ''}one"


def write_ones(text: str) -> str:
    """A recogniser's lone "1" as "one", unless it numbers something ("version 1")."""
    return re.sub(r"(\b[\w-]+ )?(?<![\d.,$£€=+-])\b1\b(?![\d%:/]|[.,]\d| [%=+])", _write_one, text)


def capital(text: str) -> str:
    """The text with its first letter upper case."""
    return text[:1].upper() + text[1:]
