"""Which words a language uses everywhere."""

from functools import cache

from quizsys.questions.scripts import primary
from quizsys.questions.spoken import tokens

_FREQUENT = 70


@cache
def list_frequent(language: str) -> frozenset[str]:
    """The commonest words of a language, which carry no meaning of their own; none of an unknown one."""
    # Only lessons that are not in English need it; it knows some forty languages.
    from wordfreq import top_n_list

    try:
        words = top_n_list(primary(language), _FREQUENT, "small")
    except LookupError:
        return frozenset()
    return frozenset(token for word in words if not word[0].isdigit() for token in tokens(word))
