"""What is said in a lesson but is no lesson: greetings, housekeeping, asides. General rules, no model."""

import re

_RULES = (
    (
        "greeting",
        r"\b(?:welcome(?: back)?|good (?:morning|afternoon|evening)|hello|hi (?:folks|everyone|everybody|all|there|"
        r"guys|and)|"
        r"thanks|thank you|bye|goodbye|see you|that'?s (?:all|it|enough) for|that is (?:all|it|enough) for|"
        r"that'?s it,|"
        r"have a (?:nice|good|great)|good luck)\b|^(?:hi|morning|evening|afternoon)\b",
    ),
    (
        "housekeeping",
        r"\b(?:due (?:on|by|date|next|this|at)|deadline|reminder|homework|office hours?|mid-?term|exams?|"
        r"quiz(?:zes)?|"
        r"syllabus|sign(?:ed)? up|handouts?|your grades?|grading|attendance|lab (?:reports?|sheets?)|problem sets?|"
        r"recitation|work ?sheets?|"
        r"(?:next|last) (?:time|week|lecture|class|lesson|session|video|semester|term|(?:mon|tues|wednes|thurs|fri|"
        r"satur|sun)day)|"
        r"on (?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|(?:read|chapter|page) (?:chapter |page )?(?:\d+|one|"
        r"two|three|four|five|six|seven|"
        r"eight|nine|ten|eleven|twelve)|please|microphones?|unmute|projector|whiteboard|blackboard|lecture hall|"
        r"bring your|hand in|e-?mail me|"
        r"the forum|lecture notes|this (?:course|semester|recording)|coffee (?:break|machine)|tea break|(?:your|"
        r"the) assignments?|field trip)\b",
    ),
    (
        "advert",
        r"\b(?:sponsor(?:ed|s)?|subscribe|promo code|discount code|patreon|link in the|check out|"
        r"like and subscribe)\b",
    ),
    (
        "meta",
        r"\b(?:(?:this|the|next|previous|last|my) slides?|(?:the|my|on) screen|(?:this|the|in) (?:lecture|video|"
        r"lesson)|in (?:this|our) (?:course|class)|"
        r"whole lecture|for today|today,? (?:we|i|you)|(?:we|do|at) today|today's|tomorrow|yesterday|"
        r"in a (?:few minutes|moment|minute|second)|"
        r"(?:we|you)(?:'ll| will| are going to|'re going to) (?:\w+ly |also |now |first |then )?"
        r"(?:see|get|come|look|talk|return|discuss|explore|cover|learn|use|introduce|examine|focus|start|begin|show|describe|explain|consider|"
        r"go|turn|dive|walk|work|need|notice|find)|later on we|let's|let us|let me|shall we|"
        r"(?:listing|figure|fig\.?|table|chapter|section|appendix|exercise|example) \d[\d.-]*|"
        r"(?:shown|listed|given) (?:in|below|above)|the (?:code|following|example|diagram|graph|chart|figure)\b|"
        r"(?:this|that|our|following) (?:example|code|diagram|graph|figure|program|picture|plot)|"
        r"(?:mouse|cursor|click(?:s|ed|ing)?|toolbar|checkbox|drop-?down|dialog|buttons?|menus?(?! costs?)|tab key)|"
        r"as you can see|on the (?:left|right)\b(?! side| hand)|"
        r"over here|jump ahead|(?:let's|we|i'll) move on|moving on|(?:get|come|go|going) back to (?:that|this|the|"
        r"our)|in mind|where were we|any questions|never mind|"
        r"can (?:everybody|everyone|you all)|getting started|get started|the delay)\b|^today\b|^(?:okay|ok|so|now|"
        r"right|alright)[, ]+(?:now )?(?:for|on to|next)\b",
    ),
    (
        "hypothesis",
        r"\b(?:suppose|imagine|maybe|perhaps|guess what|believe it or not|joke|funny|joking|kidding|"
        r"you could picture|picture it|picture this)\b",
    ),
)
_COMPILED = tuple((code, re.compile(pattern, re.I)) for code, pattern in _RULES)
_CODE = re.compile(r"\w_\w|[<>{}\\`]|::|\w\(\)|\w\.\w+\(")
_SYMBOL = re.compile(
    r"(?<!['-])\b(?:[b-hj-z]|[a-z]\d)\b(?!'| (?:cells?|lymphocytes?)\b)|\b[A-Z] (?:is|are|if|equals|and [A-Z]\b)"
)
_FORMULA = re.compile(
    r"\b(?:squared|cubed|alpha|beta|theta|omega|sigma|lambda|epsilon|phi|psi|sub|prime|integral|sine|"
    r"cosine|logarithm|equals)\b(?![.'’]\w)"
)
_MOST_SYMBOLS = 1
_SPELLED = re.compile(r"\b(?:[A-Z] ){1,4}[A-Z]\b")
_FIRST_PERSON = re.compile(r"\b(?:I|I'(?:m|ll|d|ve)|me|my|mine|myself)\b")
_PROMISE = re.compile(
    r"\bI (?:just |have |already )?(?:promised|mentioned|said|told|showed|described|meant)\b(?: to)?(?: you)?"
)
_LETS = re.compile(r"^(?:(?:okay|ok|so|now|and|well)[, ]+)*lets\b", re.I)
_ASKED_FLATLY = re.compile(
    r"^(?:(?:okay|ok|so|now|and|but|well|then)[, ]+)*(?:what|how|why|when|where) (?:does|do|did) "
    r"(?!\w+ (?:is|are|was|were)\b)(?:[\w'-]+ )+[\w'-]+[^,;]*\.$",
    re.I,
)
_SAY_AGAIN = re.compile(
    r"\blet (?:me|us) (?:just )?(?:say|repeat|stress|remind you|recap|summari[sz]e|put)\b[^,]*(?:,|\bthat\b)", re.I
)


def asks(text: str) -> bool:
    """Whether the sentence is a question, also one that its captions end with a full stop."""
    return text.rstrip().endswith("?") or _ASKED_FLATLY.match(text) is not None


def find_noise(text: str) -> str | None:
    """The reason code why nothing may be asked about this sentence, or None."""
    text = text.replace("’", "'")
    kept = _SAY_AGAIN.sub("", _PROMISE.sub("", text))
    if asks(text):
        return "question"
    if not re.search(r"[.!][\"'”’)\]]*$", text):
        return "unfinished"
    if _CODE.search(text):
        return "code"
    plain = _SPELLED.sub("", text)
    if _SYMBOL.search(plain) or len(_FORMULA.findall(plain)) > _MOST_SYMBOLS:
        return "formula"
    if _LETS.search(kept):
        return "meta"
    for code, rule in _COMPILED:
        if rule.search(kept):
            return code
    without_numeral = re.sub(r"\b([A-Za-z]{5,}) I\b(?= (?:the|an?|and|is|are|was|comes|of|in)\b|[.,;])", r"\1", kept)
    without_numeral = re.sub(r"\bI(?= [A-Za-z]\b)", "", without_numeral)
    return "first_person" if _FIRST_PERSON.search(without_numeral) else None


def find_asides(texts: list[str], on_topic: list[bool]) -> dict[int, str]:
    """Reason code by sentence index; a sentence off the topic that follows an aside is one too."""
    found: dict[int, str] = {}
    for index, text in enumerate(texts):
        reason = find_noise(text)
        if (
            reason is None
            and not on_topic[index]
            and found.get(index - 1) in ("first_person", "housekeeping", "greeting")
        ):
            reason = "aside"
        if reason:
            found[index] = reason
    return found
