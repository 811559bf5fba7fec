"""What goes wrong with a file or a tool, in a form that crosses a process boundary."""


class MediaError(Exception):
    """A file or a tool failed.

    `code` is a short machine word (`not_a_video`, `no_audio`), `sentence` is for the user and names
    the remedy, `retryable` says whether the same call may succeed later, `tail` holds the tool's own
    last lines for the log. Pickles with all four.
    """

    def __init__(self, code: str, sentence: str, *, retryable: bool = False, tail: str = "") -> None:
        super().__init__(code, sentence, retryable, tail)
        self.code = code
        self.sentence = sentence
        self.retryable = retryable
        self.tail = tail

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.sentence, self.retryable, self.tail)

    def __str__(self) -> str:
        return self.sentence


def _rebuild(code: str, sentence: str, retryable: bool, tail: str) -> MediaError:
    return MediaError(code, sentence, retryable=retryable, tail=tail)
