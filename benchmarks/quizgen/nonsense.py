"""Have a very small model write questions, and see that none of its nonsense gets through the gate.

    python -m benchmarks.quizgen.nonsense make LESSON... --out questions.jsonl [--count 500]
    python -m benchmarks.quizgen.nonsense judge LESSON... --of questions.jsonl [--out sheet.md]

`make` asks the model that the package index carries (270 million weights) for questions of all kinds on pieces of the
lessons, as the server would, and keeps what it wrote, a line each; it goes on where it stopped. `judge` sends each
through the gate twice: as it was written, and helped, with its evidence moved to a sentence that holds its key; then
every question that passed is looked at again by `recheck`, which shares no line with the gate.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TextIO

from benchmarks.quizgen.llama import run_llama
from benchmarks.quizgen.sources import read_lesson
from quizsys.questions import Lesson
from quizsys.questions.llm.chapters import Chapter, write_numbered
from quizsys.questions.llm.client import Client, connect
from quizsys.questions.llm.prompts import ITEMS, KINDS, ask_for_questions
from quizsys.questions.sentences import list_sentences

TIMEOUT_S = 600
PIECE = 4
EACH = 5
LONGEST_STEM, LONGEST_OPTION = 90, 30


Ask = tuple[str, list[dict[str, str]], dict[str, Any]]


class Forgetful:
    """No memory: the same request may be answered otherwise."""

    async def find(self, _key: str) -> str | None:
        return None

    async def keep(self, _key: str, _model: str, _answer: str) -> None:
        return None


def limit_form(kind: str) -> dict[str, Any]:
    """The server's own form, held to one kind and to what the gate reads: each word costs the small model's time."""
    form: dict[str, Any] = json.loads(json.dumps(ITEMS))
    items = form["properties"]["questions"]
    items |= {"minItems": EACH, "maxItems": EACH}
    fields = items["items"]["properties"]
    fields["kind"]["enum"] = [kind]
    _leave_out(items["items"], "explanation", "bloom", "difficulty")
    _leave_out(fields["options"]["items"], "feedback")
    fields["stem"]["maxLength"] = LONGEST_STEM
    fields["options"]["items"]["properties"]["text"]["maxLength"] = LONGEST_OPTION
    if kind in ("short_answer", "numeric"):
        _leave_out(items["items"], "options")
        fields["answer"]["maxLength"] = LONGEST_OPTION
    else:
        _leave_out(items["items"], "answer")
        fields["options"] |= {"minItems": 3, "maxItems": 3}
    return form


def _leave_out(form: dict[str, Any], *names: str) -> None:
    form["required"] = [name for name in form["required"] if name not in names]
    for name in names:
        form["properties"].pop(name)


def list_asks(lessons: Sequence[tuple[str, Lesson]]) -> Iterator[Ask]:
    """The lesson's name, messages and form, for ever, each piece with the next kind."""
    pieces = []
    for name, lesson in lessons:
        sentences = list_sentences(lesson.transcript)
        for first in range(0, len(sentences), PIECE):
            chapter = Chapter(first, min(first + PIECE, len(sentences)) - 1, "", ())
            pieces.append((name, lesson.title, chapter, write_numbered(sentences, chapter)))
    for (name, title, chapter, numbered), kind in zip(cycle(pieces), cycle(KINDS), strict=False):
        yield name, ask_for_questions(title, chapter, numbered, EACH), limit_form(kind)


def make(lessons: Sequence[tuple[str, Lesson]], out: Path, count: int) -> None:
    """Append to `out` until it holds `count` questions."""
    made = len(out.read_text().splitlines()) if out.exists() else 0
    with run_llama() as address, out.open("a") as file:
        asyncio.run(ask(address, islice(list_asks(lessons), made // EACH, None), file, made, count))


async def ask(address: str, asks: Iterator[Ask], file: TextIO, made: int, count: int) -> None:
    """One request after the other: a busy machine is slower with several."""
    client = Client(connect(address, "", TIMEOUT_S), "gemma", Forgetful(), asyncio.Semaphore(1))
    for name, messages, form in asks:
        answer = await client.ask(messages, form, "questions")
        for item in answer["questions"] if isinstance(answer, dict) else []:
            file.write(json.dumps({"lesson": name, "item": item}, ensure_ascii=False) + "\n")
            made += 1
        file.flush()
        print(f"{made} questions, {client.usage.describe()}")
        if made >= count:
            break
    await client.server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    steps = parser.add_subparsers(required=True)
    making = steps.add_parser("make", help="ask the model, keep what it writes")
    making.add_argument("lessons", type=Path, nargs="+")
    making.add_argument("--out", type=Path, required=True)
    making.add_argument("--count", type=int, default=500)
    options = parser.parse_args()
    make([(path.stem, read_lesson(path)) for path in options.lessons], options.out, options.count)


if __name__ == "__main__":
    main()
