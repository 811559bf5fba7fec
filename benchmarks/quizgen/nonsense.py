"""Have a very small model write questions, and see that none of its nonsense gets through the gate.

    python -m benchmarks.quizgen.nonsense make LESSON... --questions made.jsonl [--count 500]
    python -m benchmarks.quizgen.nonsense judge LESSON... --questions made.jsonl [--out sheet.md]

`make` asks the model that the package index carries (270 million weights) for questions of all kinds on pieces of the
lessons, as the server would, and keeps what it wrote, a line each; it goes on where it stopped. `judge` sends each
through the gate twice: as it was written, and helped, with its evidence moved to a sentence that holds its key; then
every question that passed is looked at again by `recheck`, which shares no line with the gate.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TextIO

from benchmarks.quizgen.llama import run_llama
from benchmarks.quizgen.recheck import find_breach
from benchmarks.quizgen.sources import read_lesson
from quizsys.questions import Lesson
from quizsys.questions.board import read_board
from quizsys.questions.gate import check_question
from quizsys.questions.grounding import ground
from quizsys.questions.llm.chapters import Chapter, number_words, write_numbered
from quizsys.questions.llm.client import Client, connect
from quizsys.questions.llm.items import BadItem, read_question
from quizsys.questions.llm.prompts import ITEMS, KINDS, ask_for_questions
from quizsys.questions.question import Question
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
        yield name, ask_for_questions(title, "en", chapter, numbered, EACH), limit_form(kind)


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


def judge(lessons: Sequence[tuple[str, Lesson]], made: Path, out: Path | None) -> int:
    """Print what became of each, and write those that passed; returns how many of these break a rule."""
    rooms = {name: Room(lesson) for name, lesson in lessons}
    seen: Counter[str] = Counter()
    passed: list[tuple[str, Question]] = []
    for line in made.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        room = rooms[said["lesson"]]
        seen[room.judge(said["item"])] += 1
        tries = [question for item in (said["item"], *room.help(said["item"])) if (question := room.read(item))]
        passed += [(said["lesson"], question) for question in dict.fromkeys(tries)]
    breaches = [(question, rooms[name].look_again(question)) for name, question in passed]
    print(f"{seen.total()} questions as they were written: {dict(seen.most_common())}")
    print(f"{len(passed)} passed as written or helped; of these {sum(bool(why) for _, why in breaches)} break a rule")
    if out:
        out.write_text(
            "\n".join(f"- {question.stem} **{question.answer}** > {question.quote}" for _, question in passed)
        )
    return sum(bool(why) for _, why in breaches)


class Room:
    """A lesson in which questions are judged."""

    def __init__(self, lesson: Lesson) -> None:
        self.title, self.duration_s = lesson.title, lesson.duration_s
        self.sentences, self.board = list_sentences(lesson.transcript), read_board(lesson.slides)
        self.grounds = ground(lesson)

    def judge(self, item: Any) -> str:
        """The reason code, or "passed"."""
        try:
            question = read_question(item, self.sentences, self.board, self.duration_s)
        except BadItem as error:
            return error.reason
        return check_question(question, self.grounds) or "passed"

    def read(self, item: Any) -> Question | None:
        """The question, if it passes."""
        if self.judge(item) != "passed":
            return None
        return read_question(item, self.sentences, self.board, self.duration_s)

    def help(self, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The item with its evidence at each sentence that holds a right answer, and with a question mark."""
        right = [option["text"] for option in item.get("options", []) if option["correct"]]
        keys = [key.lower() for key in (*right, item.get("answer", "")) if key.strip()]
        numbers = number_words(self.sentences)
        for sentence in self.sentences:
            if any(key in sentence.text.lower() for key in keys):
                first = numbers[sentence.index]
                stem = item["stem"] if item["kind"] in ("cloze", "true_false") else item["stem"].rstrip("?. ") + "?"
                yield item | {"stem": stem, "first_word": first, "last_word": first}

    def look_again(self, question: Question) -> str:
        """The rule that `recheck` finds broken, or ""."""
        said = [(sentence.start_s, sentence.end_s, sentence.text) for sentence in self.sentences]
        return find_breach(question, said, self.title)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("step", choices=("make", "judge"), help="ask the model, or look at what it wrote")
    parser.add_argument("lessons", type=Path, nargs="+")
    parser.add_argument("--questions", type=Path, required=True, help="what the model wrote, a line each")
    parser.add_argument("--count", type=int, default=500, help="how many to make")
    parser.add_argument("--out", type=Path, help="where those that passed are written")
    options = parser.parse_args()
    lessons = [(path.stem, read_lesson(path)) for path in options.lessons]
    if options.step == "make":
        make(lessons, options.questions, options.count)
    elif judge(lessons, options.questions, options.out):
        raise SystemExit("a question got through that breaks a rule")


if __name__ == "__main__":
    main()
