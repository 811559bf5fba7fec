"""All that is told of a class, from its facts."""

from dataclasses import dataclass

from quizsys.analysis.facts import ClassFacts
from quizsys.analysis.first_tries import find_first_tries, rate_learners
from quizsys.analysis.items import ItemReport, report_items
from quizsys.analysis.learners import LearnerReport, report_learners
from quizsys.analysis.minutes import MinuteReport, report_minutes
from quizsys.analysis.suggestions import Suggestion, suggest


@dataclass(frozen=True)
class ClassReport:
    learners: tuple[LearnerReport, ...]
    questions: tuple[ItemReport, ...]
    minutes: tuple[MinuteReport, ...]
    suggestions: tuple[Suggestion, ...]


def report_class(facts: ClassFacts) -> ClassReport:
    tries = find_first_tries(facts.answers)
    abilities = rate_learners(tries)
    items = report_items(facts, tries, abilities)
    return ClassReport(
        report_learners(facts, tries), items, report_minutes(facts, tries), suggest(facts, items, tries, abilities)
    )
