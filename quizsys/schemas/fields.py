"""Fields whose errors have the types that clients of the seed know, and moments in UTC with `Z`."""

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from quizsys.clock import wire_time

REQUIRED = "missing|Field required"
EARLIEST_YEAR = 1970
_FLAGS = dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True)
_FLAGS |= dict.fromkeys(("0", "false", "f", "no", "n", "off"), False)
# Control characters but tab and line ends; lone surrogates.
_UNKEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DIGITS = re.compile(r"[+-]?[0-9]{1,18}")
_BITRATE = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,3}))?([kKmM]?)")
_NO_OBJECT = "model_attributes_type|Input should be a valid dictionary or object to extract fields from"
# And in what is one line, a name or a title, what terminals obey or readers take for a line end.
_LINE_END = re.compile("[\r\n\x80-\x9f\u2028\u2029]")


class Moment(fields.Field[datetime]):
    """An aware datetime, sent as ISO 8601 with `Z`, and taken with any offset."""

    default_error_messages = {"required": REQUIRED, "null": "datetime_type|Input should be a valid datetime"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value)
            # Raises for one that only an offset keeps within the calendar.
            found = found.astimezone(UTC) if found.tzinfo is not None else found
        except (TypeError, ValueError, OverflowError):
            raise ValidationError("datetime_parsing|Input should be like '2026-11-22T13:04:51Z'") from None
        if found.tzinfo is None:
            raise ValidationError("timezone_aware|Input should name its offset, such as Z or +01:00")
        if found.year < EARLIEST_YEAR:
            raise ValidationError(f"greater_than_equal|Input should not be before {EARLIEST_YEAR}")
        return found

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
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValidationError("int_type|Input should be a valid integer")
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        message = "int_parsing|Input should be a valid integer, unable to parse string as an integer"
        raise ValidationError(message)
    return int(value)


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


class Text(fields.Field[str]):
    """A string of `low` to `high` characters, one line unless said otherwise, without what cannot be stored or sent."""

    default_error_messages = {"required": REQUIRED, "null": "string_type|Input should be a valid string"}

    def __init__(self, *, high: int, low: int = 0, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low = low
        self.high = high
        self.lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("string_type|Input should be a valid string")
        if len(value) < self.low:
            raise ValidationError(f"string_too_short|String should have at least {_count(self.low)}")
        if len(value) > self.high:
            raise ValidationError(f"string_too_long|String should have at most {_count(self.high)}")
        if _UNKEPT.search(value) or (not self.lines and _LINE_END.search(value)):
            raise ValidationError("string_pattern_mismatch|String should have no control characters")
        return value


def _count(characters: int) -> str:
    return f"{characters} character{'' if characters == 1 else 's'}"


class Flag(fields.Field[bool]):
    """True or false; in a query also as the words that the seed takes."""

    default_error_messages = {"required": REQUIRED, "null": "bool_type|Input should be a valid boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        found = _FLAGS.get(value.lower()) if isinstance(value, str) else value
        if not isinstance(found, bool):
            message = "bool_parsing|Input should be a valid boolean, unable to interpret input"
            raise ValidationError(message)
        return found


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


class Inner(fields.Nested):
    """An object of another schema; of a shape that it is not, told at its own place."""

    default_error_messages = {"required": REQUIRED, "null": _NO_OBJECT}

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError(_NO_OBJECT)
        return super()._deserialize(value, attr, data, partial, **kwargs)


class Several(fields.List[Any]):
    """A list of at most so many."""

    default_error_messages = {"required": REQUIRED, "null": "list_type|Input should be a valid list"}

    def __init__(self, inner: Any, *, high: int, low: int = 0, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError("list_type|Input should be a valid list")
        if len(value) < self.low:
            raise ValidationError(f"too_short|List should have at least {self.low} item after validation")
        if len(value) > self.high:
            raise ValidationError(f"too_long|List should have at most {self.high} items after validation")
        return super()._deserialize(value, attr, data, **kwargs)


class Bitrate(fields.Field[int]):
    """Bits a second, as a number or as `"2500k"` and `"2.5M"`."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        found = _BITRATE.fullmatch(str(value)) if isinstance(value, int | float | str) else None
        if found is None or isinstance(value, bool):
            raise ValidationError("value_error|Input should be bits a second, such as 2500000, '2500k' or '2.5M'")
        whole, part, unit = found.groups()
        bits = round(float(f"{whole}.{part or 0}") * {"k": 1e3, "m": 1e6, "": 1}[unit.lower()])
        if not self.low <= bits <= self.high:
            raise ValidationError(f"value_error|Input should be between {self.low} and {self.high} bits a second")
        return bits
