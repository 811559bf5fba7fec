"""What a learner is shown: an attempt, its questions, where the video stops and goes on. Nothing that is not due."""

from itertools import groupby
from typing import Any

from quizsys.clock import wire_time
from quizsys.grading import find_pairs, list_matches, list_prompts
from quizsys.models.attempts import AnswerRow, Attempt
from quizsys.packages.sheet import Item, is_right_to_left
from quizsys.taking.masks import overlaps
from quizsys.taking.order import order_choices, order_items, order_matches
from quizsys.taking.sitting import OPEN, Sitting
from quizsys.taking.values import find_form, show_value

View = dict[str, Any]


def show_sitting(sitting: Sitting) -> View:
    """All of it: questions in the learner's order, pauses in that of the video."""
    seed, shuffle = sitting.attempt.seed, sitting.link.shuffle
    items = order_items(sitting.paper, seed, shuffle=shuffle)
    return show_attempt(sitting) | {
        "title": sitting.paper.title,
        **show_language(sitting.paper.language),
        "duration_s": sitting.paper.duration_s,
        "questions": [show_question(sitting, item) for item in items],
        "pauses": _list_pauses(sitting),
        "due_now": _list_due(sitting),
    }


def show_language(language: str) -> View:
    return {"language": language, "right_to_left": is_right_to_left(language)}


def show_attempt(sitting: Sitting) -> View:
    """In short. `score` None: not to be told (yet)."""
    return {
        **show_times(sitting.attempt),
        "status": sitting.status,
        "questions_answered": sitting.count_answered(),
        "questions_total": len(sitting.paper.items),
        "score": sitting.score if sitting.may_tell_score else None,
        "max_score": sitting.attempt.max_score,
    }


def show_times(attempt: Attempt) -> View:
    return {
        "id": attempt.id,
        "number": attempt.number,
        "version": attempt.version,
        "position_s": attempt.position_s,
        "started_at": wire_time(attempt.started_at),
        "updated_at": wire_time(attempt.updated_at),
        "finished_at": None if attempt.finished_at is None else wire_time(attempt.finished_at),
    }


def show_question(sitting: Sitting, item: Item) -> View:
    """As it is asked, with what its learner has answered; `feedback` None: not due."""
    seed, tries, mark = sitting.attempt.seed, sitting.list_tries(item), sitting.find_mark(item)
    shuffle = sitting.link.shuffle
    is_matching = item.kind == "matching"
    matches = list_matches(item)
    return {
        "id": item.id,
        "kind": item.kind,
        "form": find_form(item),
        "stem": item.stem,
        "choices": [item.choices[place].text for place in order_choices(item, seed, shuffle=shuffle)],
        "prompts": list_prompts(item) if is_matching else [],
        "matches": [matches[place] for place in order_matches(item, seed)],
        "points": item.points,
        "pause_at_s": item.pause_at_s,
        "tries": len(tries),
        "tries_left": sitting.count_left(item),
        "answer": show_value(item, seed, tries[-1].value, shuffle=shuffle) if tries else None,
        "answered_at": wire_time(tries[-1].answered_at) if tries else None,
        "score": sitting.find_score(item) if sitting.may_tell_score else None,
        "self_mark": None if mark is None else mark.value["self_mark"],
        "may_mark": sitting.may_mark(item),
        "feedback": _show_feedback(sitting, item, tries) if sitting.is_due(item) else None,
    }


def _show_feedback(sitting: Sitting, item: Item, tries: list[AnswerRow]) -> View:
    seed, shuffle = sitting.attempt.seed, sitting.link.shuffle
    shown = order_choices(item, seed, shuffle=shuffle)
    # Its proof may be the proof of another question as well, which is still to be answered.
    is_secret = any(overlaps(item, other) for other in sitting.list_undue() if other.quote)
    has_proof = bool(item.quote)
    return {
        "is_right": tries[-1].score == item.points if tries and tries[-1].score is not None else None,
        "right": _show_right(item, seed, shuffle),
        "right_text": item.answer,
        "choices": [item.choices[place].feedback for place in shown],
        "explanation": item.explanation,
        "quote": item.quote if has_proof and not is_secret else None,
        "start_s": item.start_s if has_proof else None,
        "end_s": item.end_s if has_proof else None,
    }


def _show_right(item: Item, seed: int, shuffle: bool) -> View | None:
    """As an answer that gets all points, in the order that its learner sees; None for a text."""
    right = [place for place, choice in enumerate(item.choices) if choice.correct]
    match find_form(item):
        case "choice" if right:
            return show_value(item, seed, {"choice": right[0]}, shuffle=shuffle)
        case "choices":
            return show_value(item, seed, {"choices": right}, shuffle=shuffle)
        case "order":
            return show_value(item, seed, {"order": list(range(len(item.choices)))}, shuffle=shuffle)
        case "pairs":
            return show_value(item, seed, {"pairs": find_pairs(item)}, shuffle=shuffle)
    return None


def _list_pauses(sitting: Sitting) -> list[View]:
    """Where the video stops, what it asks there, and where it goes on: at the same place."""
    items = sorted(sitting.paper.items, key=lambda item: item.pause_at_s)
    return [
        {
            "at_s": at_s,
            "question_ids": [item.id for item in group],
            "is_answered": all(sitting.list_tries(item) for item in group),
            "resume_at_s": at_s,
        }
        for at_s, group in ((at_s, list(found)) for at_s, found in groupby(items, key=lambda item: item.pause_at_s))
    ]


def _list_due(sitting: Sitting) -> list[str]:
    """The questions at whose pause the video has been, and that are still to be answered."""
    if sitting.status != OPEN:
        return []
    passed = [item for item in sitting.paper.items if item.pause_at_s <= sitting.attempt.position_s]
    due = [item for item in passed if not sitting.list_tries(item)]
    return [item.id for item in sorted(due, key=lambda item: item.pause_at_s)]
