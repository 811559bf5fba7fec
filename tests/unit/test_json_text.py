"""What is kept as JSON comes back as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from quizsys.json_text import write_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_a_value_survives_being_written_and_read(value: object) -> None:
    assert json.loads(write_json(value)) == value


def test_an_integer_past_64_bits_is_written_whole() -> None:
    assert write_json({"n": 10**40}) == b'{"n":1' + b"0" * 40 + b"}"
