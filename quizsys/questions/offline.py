"""The generator that needs no model from outside: rules find facts, the gate checks, the best are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from media.progress import Report, ignore, part
from quizsys.questions.board import Board, read_board
from quizsys.questions.draft import Draft
from quizsys.questions.gate import Grounds, check_question
from quizsys.questions.lesson import Lesson
from quizsys.questions.noise import find_asides
from quizsys.questions.question import Question, QuizDraft, Refusal
from quizsys.questions.sentences import Sentence, list_sentences
from quizsys.questions.spoken import tokens
from quizsys.questions.takebacks import find_takebacks
from quizsys.questions.words import load_words

GENERATOR = "offline-1"
_FEWEST_WORDS = 40
_LONGEST_SENTENCE_WORDS = 45
_ENGLISH = load_words("english")
_FEWEST_ENGLISH = 0.18


def write_questions(lesson: Lesson, count: int | None = None, report: Report = ignore) -> QuizDraft:
    """Checked draft questions in order of their pause; none, and a note saying why, when nothing good was found.

    Deterministic. Loads its models at the first call in a process (about 3 s).
    """
    sentences = list_sentences(lesson.transcript)
    note = _find_obstacle(lesson, sentences)
    if note:
        return QuizDraft(lesson.title, GENERATOR, (), (), note)
    report(1)
    questions, refused = _write(lesson, sentences, count, report)
    report(100)
    counted = tuple(Refusal(reason, number) for reason, number in sorted(refused.items()))
    return QuizDraft(lesson.title, GENERATOR, tuple(questions), counted, _note(questions, refused))


def _find_obstacle(lesson: Lesson, sentences: list[Sentence]) -> str:
    words = [word for sentence in sentences for word in tokens(sentence.text)]
    if len(words) < _FEWEST_WORDS:
        return "No questions: hardly anything is said in this video."
    share = sum(word in _ENGLISH for word in words) / len(words)
    if lesson.transcript.language != "en" or share < _FEWEST_ENGLISH:
        return (
            "No questions: the offline generator writes them for English lessons only, and this one is not in English."
        )
    if len(words) / len(sentences) > _LONGEST_SENTENCE_WORDS:
        return "No questions: the transcript has no punctuation, so its sentences cannot be told apart; add full stops and try again."
    return ""


def _note(questions: list[Question], refused: Counter[str]) -> str:
    if len(questions) >= 3:
        return ""
    worst = refused.most_common(1)
    why = (
        f"most were dropped as {worst[0][0].replace('_', ' ')}"
        if worst
        else "no sentence states a fact that can be asked about"
    )
    return f"{'No good question was' if not questions else f'Only {len(questions)} good questions were'} found, because {why}."


def find_unfit(sentences: list[Sentence], board: Board) -> dict[int, str]:
    """Reason codes of the sentences that nothing may rest on."""
    texts = [sentence.text for sentence in sentences]
    counts = Counter(word for text in texts for word in set(tokens(text)))
    on_topic = [
        any(len(word) > 4 and (word in board.words or counts[word] > 1) for word in tokens(text)) for text in texts
    ]
    unfit = find_asides(texts, on_topic)
    return unfit | dict.fromkeys(find_takebacks(texts), "taken_back")


def _write(
    lesson: Lesson, sentences: list[Sentence], count: int | None, report: Report
) -> tuple[list[Question], Counter[str]]:
    from quizsys.questions.finish import fill_choices, make_question
    from quizsys.questions.selection import Selection, default_count, rank
    from quizsys.questions.statements import prepare_statements
    from quizsys.questions.terms import TermTable

    board = read_board(lesson.slides)
    unfit = find_unfit(sentences, board)
    statements = prepare_statements(sentences, board, unfit, part(report, 2, 45))
    refused: Counter[str] = Counter(
        statement.flaw for statement in statements if statement.flaw and statement.flaw != "question"
    )
    drafts = list(_propose(statements, board, sentences, report))
    table = TermTable(
        statements,
        board,
        [draft.key for draft in drafts if draft.pattern in ("called", "called_cloze", "definition", "when")],
    )
    grounds = Grounds(
        tuple(sentences), lesson.duration_s, {index: reason for index, reason in unfit.items() if reason != "question"}
    )
    selection = Selection(count if count is not None else default_count(lesson.duration_s))
    questions: list[Question] = []
    ranked = rank(drafts)
    for place, draft in enumerate(ranked):
        if place % 8 == 0:
            report(70 + 30 * place / len(ranked))
        if len(questions) >= selection.count:
            break
        reason = selection.refuse(draft)
        filled = None if reason else fill_choices(draft, table)
        question = (
            make_question(filled, sentences, board, [other.pause_at_s for other in questions], lesson.duration_s)
            if filled
            else None
        )
        reason = reason or (
            "no_wrong_options"
            if filled is None
            else "no_free_pause"
            if question is None
            else check_question(question, grounds)
        )
        if reason or question is None or filled is None:
            refused[reason or "no_free_pause"] += 1
            continue
        questions.append(question)
        selection.chosen.append(filled)
    return sorted(questions, key=lambda question: question.pause_at_s), refused


def _propose(statements: list, board: Board, sentences: list[Sentence], report: Report) -> Iterator[Draft]:  # type: ignore[type-arg]
    from quizsys.questions.amounts import ask_amounts
    from quizsys.questions.cards import find_cards
    from quizsys.questions.clauses import list_clauses
    from quizsys.questions.contrasts import ask_contrasts
    from quizsys.questions.dates import ask_dates
    from quizsys.questions.naming import name_pairs, name_terms
    from quizsys.questions.parts import ask_parts
    from quizsys.questions.reasons import ask_reasons
    from quizsys.questions.steps import order_steps

    clauses = list_clauses(statements)
    report(65)
    yield from find_cards(statements)
    yield from name_terms(clauses)
    yield from name_pairs(statements, board)
    yield from ask_reasons(clauses)
    yield from ask_contrasts(clauses)
    yield from ask_dates(clauses, " ".join(statement.text for statement in statements))
    yield from ask_amounts(clauses)
    yield from ask_parts(clauses, board)
    yield from order_steps(statements)
