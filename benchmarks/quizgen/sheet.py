"""Make a sheet of questions for blind judges, and print how many there are and how long they took.

    python -m benchmarks.quizgen.sheet LESSON... --out sheet.md --keys keys.md [--csv verdicts.csv] [--count N]

A LESSON is a folder that `server.py quiz FILE --out FOLDER` wrote, a lesson script (JSON), captions (.srt, .vtt) or
plain text. All lessons are mixed; kind, score and origin are not shown. README.md has the rubric.
"""

import argparse
import csv
import resource
import time
from hashlib import sha256
from pathlib import Path

from benchmarks.quizgen.sources import read_lesson
from quizsys.questions import Lesson, Question
from quizsys.questions.offline import write_questions
from quizsys.questions.sentences import list_sentences

AROUND = 2
COLUMNS = (
    "item",
    "verdict A/B/C",
    "faults GSTKMDLOPX",
    "key correct y/n",
    "grounded y/n",
    "level",
    "duplicate of",
    "remark",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("lessons", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="the sheet, as Markdown")
    parser.add_argument("--keys", type=Path, required=True, help="keys and quotes by the same numbers, as Markdown")
    parser.add_argument("--csv", type=Path, help="an empty table for the verdicts")
    parser.add_argument("--count", type=int, help="at most so many questions for each lesson")
    options = parser.parse_args()
    items = [item for path in options.lessons for item in make_items(read_lesson(path), options.count)]
    items.sort(key=lambda item: sha256(item[0].encode()).digest())
    for place, path in enumerate((options.out, options.keys)):
        path.write_text("\n".join(f"## {number}\n\n{item[place]}" for number, item in enumerate(items, 1)))
    if options.csv:
        write_table(options.csv, len(items))
    print(
        f"{len(items)} questions in {options.out}, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


def make_items(lesson: Lesson, count: int | None) -> list[tuple[str, str]]:
    """For each question of the lesson what is asked, and its key with its quote, as Markdown."""
    started = time.perf_counter()
    draft = write_questions(lesson, count)
    refused = ", ".join(f"{refusal.reason} {refusal.count}" for refusal in draft.refused)
    print(
        f"{lesson.title}: {len(draft.questions)} questions in {time.perf_counter() - started:.1f} s; refused: {refused}"
    )
    return [(show(question, lesson), show_key(question, lesson)) for question in draft.questions]


def show(question: Question, lesson: Lesson) -> str:
    """The question as a judge first sees it, and as a learner does: the slide's title, the stem, the options."""
    texts = [choice.text for choice in question.choices]
    matches = [choice.match for choice in question.choices if choice.match]
    options = [f"- {text}" for text in sort_blindly(texts, question.stem)]
    options += ["", *(f"- → {text}" for text in sort_blindly(matches, question.stem))] if matches else []
    where = f"*{lesson.title}*" + (f" ({question.chapter})" if question.chapter else "")
    return "\n".join([where, "", f"**{question.stem}**", "", *(options or ["(to be written)"]), ""])


def sort_blindly(texts: list[str], salt: str) -> list[str]:
    """In an order that tells nothing."""
    return sorted(texts, key=lambda text: sha256((salt + text).encode()).digest())


def show_key(question: Question, lesson: Lesson) -> str:
    """The key, and the quote where it was said."""
    return f"Key: **{question.answer}**\n\n{find_around(question, lesson)}\n"


def find_around(question: Question, lesson: Lesson) -> str:
    """The quote in bold between the two sentences before and after it."""
    sentences = list_sentences(lesson.transcript)
    inside = [place for place, said in enumerate(sentences) if question.start_s <= said.start_s < question.end_s]
    before = " ".join(said.text for said in sentences[max(0, inside[0] - AROUND) : inside[0]])
    after = " ".join(said.text for said in sentences[inside[-1] + 1 : inside[-1] + 1 + AROUND])
    return f"> {before} **{question.quote}** {after}"


def write_table(path: Path, items: int) -> None:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows([number] + [""] * (len(COLUMNS) - 1) for number in range(1, items + 1))


if __name__ == "__main__":
    main()
