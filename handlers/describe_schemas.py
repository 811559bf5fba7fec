"""From marshmallow schemas to the components of the OpenAPI document, by apispec."""

import inspect
from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields, validate

from quizsys.schemas.fields import Bitrate, Flag, Literal, Moment, Number, Several, Text, Whole
from quizsys.schemas.plain import Part, Word

REF = "#/components/schemas/"
OPTIONAL = "x-optional"
END = r"\Z"
# What Text takes.
LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
ONE_LINE = r"^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]*$"


class Components:
    """Collects schemas. Of a schema in an answer every property is there, but those whose metadata says `x-optional`;
    a schema that a body is read by asks only for what it requires."""

    def __init__(self, spec: APISpec, plugin: MarshmallowPlugin) -> None:
        assert plugin.converter is not None
        self._spec = spec
        self._converter: OpenAPIConverter = plugin.converter
        self._converter.add_attribute_function(_describe_field)
        self._bodies: set[str] = set()

    def answer(self, schema: Schema | type[Schema]) -> dict[str, Any]:
        return dict(self._converter.resolve_nested_schema(schema))

    def body(self, schema: Schema) -> dict[str, Any]:
        found = self.answer(schema)
        self._bodies |= set(_list_names(found))
        return found

    def parameters(self, schema: Schema) -> list[dict[str, Any]]:
        """The query's."""
        return list(self._converter.schema2parameters(schema, location="query"))

    def finish(self) -> None:
        """Say what is always there, and what each schema is for: its docstring."""
        schemas = self._spec.components.schemas
        bodies = _close_over(self._bodies, schemas)
        for (kind, *_), name in self._converter.refs.items():
            known = schemas[name]
            if text := vars(kind).get("__doc__"):
                known.setdefault("description", inspect.cleandoc(text))
            if name not in bodies:
                known["required"] = [key for key, value in known["properties"].items() if OPTIONAL not in value]
                # An answer may have more keys one day.
                known.pop("additionalProperties", None)
            for value in known["properties"].values():
                value.pop(OPTIONAL, None)


def make_plugin() -> MarshmallowPlugin:
    return MarshmallowPlugin(schema_name_resolver=_name_schema)


def _name_schema(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _describe_field(converter: OpenAPIConverter, field: fields.Field[Any], **_given: Any) -> dict[str, Any]:
    """What apispec cannot know of our own fields."""
    match field:
        case Moment():
            return _typed(field, "string", format="date-time")
        case Whole():
            return _typed(field, "integer", minimum=field.low, maximum=field.high)
        case Number():
            return _typed(field, "number", minimum=field.low, maximum=field.high)
        case Text():
            return _typed(
                field, "string", minLength=field.low or None, maxLength=field.high, pattern=_find_pattern(field)
            )
        case Flag():
            return _typed(field, "boolean")
        case Several():
            return {"minItems": field.low, "maxItems": field.high}
        case Bitrate():
            return {"type": ["integer", "string", "null"], "examples": ["2500k"]}
        case Literal():
            return {"type": "string", "enum": _list_words(field)}
        case Word():
            return _refer_to_words(converter, field)
        case Part():
            return _refer_to_schema(converter, field)
    return {}


def _typed(field: fields.Field[Any], kind: str, **facts: Any) -> dict[str, Any]:
    known = {name: value for name, value in facts.items() if value is not None}
    return {"type": [kind, "null"] if field.allow_none else kind, **known}


def _list_words(field: Literal) -> list[str]:
    """Two spellings that differ in `-` and `_` alone count as one: generators of clients make one name of them."""
    words: dict[str, str] = {}
    for word in field.allowed:
        words.setdefault(word.replace("-", "_"), word)
    return list(words.values())


def _find_pattern(field: Text) -> str:
    """In the dialect of JSON Schema, which has no \\Z."""
    for validator in field.validators:
        if isinstance(validator, validate.Regexp):
            return f"^(?:{str(validator.regex.pattern).removesuffix(END)})$"
    return LINES if field.lines else ONE_LINE


def _refer_to_words(converter: OpenAPIConverter, field: Word) -> dict[str, Any]:
    assert converter.spec is not None
    if field.set_name not in converter.spec.components.schemas:
        converter.spec.components.schema(field.set_name, {"type": "string", "enum": list(field.allowed)})
    return {"$ref": REF + field.set_name}


def _refer_to_schema(converter: OpenAPIConverter, field: Part) -> dict[str, Any]:
    found = converter.resolve_nested_schema(field.schema)
    if field.many:
        return {"type": "array", "items": found}
    return {"anyOf": [found, {"type": "null"}]} if field.allow_none else dict(found)


def _list_names(value: Any) -> Iterator[str]:
    """The components that a piece of the document refers to."""
    if isinstance(value, dict):
        if isinstance(place := value.get("$ref"), str):
            yield place.removeprefix(REF)
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _list_names(inner)


def _close_over(names: set[str], schemas: dict[str, Any]) -> set[str]:
    """Those, and what they refer to."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_list_names(schemas[name])) - found
    return found
