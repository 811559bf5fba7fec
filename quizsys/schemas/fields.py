"""Fields whose errors have the types that clients of the seed know, and moments in UTC with `Z`."""

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields

from quizsys.clock import wire_time

REQUIRED = "missing|Field required"


class Moment(fields.Field[datetime]):
    """An aware datetime, sent as ISO 8601 with `Z`."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else wire_time(value)


class Whole(fields.Field[int]):
    """An int; takes `"2"` and `2.0` too, as the seed does."""

    default_error_messages = {"required": REQUIRED, "null": "int_type|Input should be a valid integer"}

    def __init__(self, *, low: int, high: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low = low
        self.high = high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = _whole(value)
        if number < self.low:
            raise ValidationError(f"greater_than_equal|Input should be greater than or equal to {self.low}")
        if self.high is not None and number > self.high:
            raise ValidationError(f"less_than_equal|Input should be less than or equal to {self.high}")
        return number


def _whole(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValidationError("int_from_float|Input should be a valid integer, got a number with a fractional part")
    if not isinstance(value, int | float | str):
        raise ValidationError("int_type|Input should be a valid integer")
    try:
        return int(value)
    except ValueError:
        message = "int_parsing|Input should be a valid integer, unable to parse string as an integer"
        raise ValidationError(message) from None


class Number(fields.Float):
    """A finite float, at least `low` and at most `high`."""

    default_error_messages = {
        "required": REQUIRED,
        "null": "float_type|Input should be a valid number",
        "invalid": "float_parsing|Input should be a valid number",
        "special": "finite_number|Input should be a finite number",
        "too_large": "finite_number|Input should be a finite number",
    }

    def __init__(self, *, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, **kwargs)
        self.low = low
        self.high = high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        number = super()._deserialize(value, attr, data, **kwargs)
        if number is not None and number < self.low:
            raise ValidationError(f"greater_than_equal|Input should be greater than or equal to {self.low:g}")
        if number is not None and number > self.high:
            raise ValidationError(f"less_than_equal|Input should be less than or equal to {self.high:g}")
        return number


class Literal(fields.Field[str]):
    """One of a few words."""

    default_error_messages = {"required": REQUIRED, "null": "literal_error|Input should not be null"}

    def __init__(self, allowed: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allowed = allowed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and value in self.allowed:
            return value
        *most, last = (f"'{word}'" for word in self.allowed)
        raise ValidationError(f"literal_error|Input should be {', '.join(most)} or {last}")


class Mapping(fields.Dict):
    """A JSON object with any content."""

    default_error_messages = {
        "required": REQUIRED,
        "null": "dict_type|Input should be a valid dictionary",
        "invalid": "dict_type|Input should be a valid dictionary",
    }
