"""Secrets blotted out of a text that is about to be written down, whoever quoted them."""

import re

from quizsys.ids import LEARNER_MARK, TOKEN_MARK
from quizsys.signing import PREFIX

SHORTEST_KEY = 8
"""What is shorter is no key of a server; blotting it out would blot out words."""

FORMS = (
    rf"(?P<mark>{TOKEN_MARK}|{LEARNER_MARK})[\w-]+",
    rf"(?P<hook>{PREFIX})[\w+/=]+",
    r"(?P<path>/share/)[^/\s?#'\"<>]+",
    r"(?P<query>[?&](?:access_token|token|key)=)[^&\s'\"<>]+",
    r"(?P<user>://)[^/\s@'\"<>]+@",
)
"""Tokens and keys by their marks; the token in the path of a link; one in a query; a password in an address."""

HINTS = (TOKEN_MARK, LEARNER_MARK, PREFIX, "/share/", "token=", "key=", "@")
DOTS = "..."


class Blotter:
    """`keys` are secrets without a form of their own, as OPENAI_API_KEY."""

    def __init__(self, *keys: str) -> None:
        own = tuple(key for key in keys if len(key) >= SHORTEST_KEY)
        self._hints = (*own, *HINTS)
        self._secret = re.compile("|".join((*map(re.escape, own), *FORMS)))

    def blot(self, text: str) -> str:
        """The text with dots where secrets stood."""
        for hint in self._hints:
            if hint in text:
                return self._secret.sub(_shorten, text)
        return text  # as nearly always; the pattern's own search would take ten times as long


def _shorten(found: "re.Match[str]") -> str:
    parts = found.groupdict()
    if parts["user"]:
        return f"{parts['user']}{DOTS}@"
    return (parts["mark"] or parts["hook"] or parts["path"] or parts["query"] or "") + DOTS
