"""Speech made readable: openers, fillers and frames go, the statement stays."""

import pytest

from quizsys.questions.clean import clean


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Right, so photosynthesis makes sugar.", "photosynthesis makes sugar."),
        ("And then, um, the people took over.", "the people took over."),
        ("It doesn't use light directly.", "It does not use light directly."),
        ("Keep in mind that keys should be immutable.", "keys should be immutable."),
        ("It begins there, which, confusingly, comes first.", "It begins there, which comes first."),
        ("In general, no, collisions can't be avoided.", "collisions cannot be avoided."),
        ("One last warning: keys should be immutable.", "keys should be immutable."),
        ("Each turn fixes 1 molecule.", "Each turn fixes one molecule."),
        ("It is in version 1 of the program.", "It is in version 1 of the program."),
        ("About 98 % of it.", "About 98% of it."),
        ("Then it's hash changes.", "Then its hash changes."),
        ("It depends on it's size.", "It depends on its size."),
        ("It's what changes the index.", "It's what changes the index."),
        ("I think its a rule.", "I think it's a rule."),
        ("The electron is raised to higher energy level.", "The electron is raised to a higher energy level."),
        ("Ice forms at lower pressure.", "Ice forms at lower pressure."),
        ("While X is in A, Y is in B.", "While X is in A, Y is in B."),
    ],
)
def test_a_sentence_is_cleaned(said: str, shown: str) -> None:
    assert clean(said) == shown
