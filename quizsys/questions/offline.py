"""The generator that needs no model from outside: rules find facts, the gate checks, the best are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from media.progress import Report, ignore, part
from quizsys.questions.board import Board, read_board
from quizsys.questions.clauses import list_clauses
from quizsys.questions.distractors import TermTable
from quizsys.questions.draft import Draft
from quizsys.questions.finish import fill_choices, make_question
from quizsys.questions.gate import check_question, sift
from quizsys.questions.grounding import make_grounds
from quizsys.questions.instances import find_instance
from quizsys.questions.lesson import Lesson
from quizsys.questions.naming import NAMING, find_meaning
from quizsys.questions.notes import explain
from quizsys.questions.obstacles import find_obstacle, find_unfit
from quizsys.questions.pauses import place_pauses
from quizsys.questions.pointing import Heard, find_stranger
from quizsys.questions.proposals import propose
from quizsys.questions.question import Maker, Question, QuizDraft, Refusal
from quizsys.questions.selection import Selection, default_count, rank
from quizsys.questions.sentences import Sentence, list_sentences
from quizsys.questions.statements import prepare_statements
from quizsys.questions.taste import find_fault
from quizsys.questions.years import find_unmarked_year

GENERATOR = "offline-1"


def write_questions(lesson: Lesson, count: int | None = None, report: Report = ignore, seed: int = 0) -> QuizDraft:
    """Checked draft questions in order of their pause; none, and a note saying why, when nothing good was found.

    The same for the same seed; another seed prefers other questions among equally good ones and shuffles the options
    anew. Loads its models at the first call in a process (about 3 s).
    """
    sentences = list_sentences(lesson.transcript)
    note = find_obstacle(lesson, sentences)
    if note:
        return QuizDraft(lesson.title, GENERATOR, (), (), note, lesson.transcript_id)
    report(1)
    questions, refused = _Writer(lesson, sentences, report, seed).write(count)
    report(100)
    counted = tuple(Refusal(reason, number) for reason, number in sorted(refused.items()))
    note = explain(len(questions), refused, len(sentences))
    return QuizDraft(lesson.title, GENERATOR, tuple(questions), counted, note, lesson.transcript_id)


class _Writer:
    """One lesson's way from sentences to questions."""

    def __init__(self, lesson: Lesson, sentences: list[Sentence], report: Report, seed: int) -> None:
        self._seed = seed
        self._sentences = sentences
        self._title = lesson.title
        self._duration_s = lesson.duration_s
        self._heard = Heard(lesson.title, " ".join(sentence.text for sentence in sentences))
        self._report = report
        self._board: Board = read_board(lesson.slides)
        panels = [self._board.find_panel(sentence.start_s) for sentence in sentences]
        self._ends = {place for place, (one, two) in enumerate(pairwise(panels)) if one != two}
        unfit = find_unfit(sentences, self._board)
        self._grounds = make_grounds(lesson, sentences, self._board)
        self._statements = prepare_statements(sentences, self._board, unfit, part(report, 2, 40))

    def write(self, count: int | None) -> tuple[list[Question], Counter[str]]:
        """The chosen questions by pause, and how many sentences and drafts were refused for each reason."""
        refused = Counter(said.flaw for said in self._statements if said.flaw and said.flaw != "question")
        clauses = list_clauses(self._statements, part(self._report, 40, 50))
        ranked = rank(
            propose(self._statements, clauses, self._board, self._title, part(self._report, 50, 65)), self._seed
        )
        named = [draft for draft in ranked if draft.pattern in NAMING and find_fault(draft, self._board) is None]
        names = {draft.key: find_meaning(draft.stem) for draft in named}
        table = TermTable(self._statements, clauses, self._board, names, part(self._report, 65, 80))
        selection = Selection(default_count(self._duration_s) if count is None else count, self._seed)
        total = len(ranked)
        while ranked and len(selection.questions) < selection.count:
            self._report(100 - 20 * len(ranked) / total)
            draft = selection.pick(ranked)
            reason = selection.refuse(draft) or self._add(draft, table, selection)
            refused.update([reason] if reason else [])
        placed = place_pauses(selection.questions, self._sentences, self._duration_s, self._ends)
        return sorted(sift(placed, self._grounds, refused), key=lambda question: question.pause_at_s), refused

    def _add(self, draft: Draft, table: TermTable, selection: Selection) -> str | None:
        """Finish the draft and add it, or say why not."""
        fault = find_fault(draft, self._board) or find_stranger(draft, self._board, self._heard)
        fault = fault or find_instance(draft, self._heard) or find_unmarked_year(draft, self._board, self._title)
        if fault:
            return fault
        filled = fill_choices(draft, table)
        if filled is None:
            return "no_wrong_options"
        taken_s = [question.pause_at_s for question in selection.questions]
        question = make_question(filled, self._sentences, taken_s, self._duration_s, self._ends, self._seed)
        if question is None:
            return "no_free_pause"
        reason = check_question(question, self._grounds)
        if reason is None:
            maker = Maker(GENERATOR, pattern=filled.pattern, score=round(filled.score, 3))
            selection.add(filled, replace(question, maker=maker))
        return reason
