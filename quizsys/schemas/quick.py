"""A schema for bodies that come in crowds."""

from typing import Any

from marshmallow import Schema, ValidationError, missing


class Quick(Schema):
    """What is right is read field by field, at less than half of the cost; what is not is told as ever.

    For single objects whose unknown names are passed over, without hooks and without other names on the wire.
    """

    def load(self, data: Any, **options: Any) -> Any:
        try:
            read = {name: field.deserialize(data.get(name, missing)) for name, field in self.load_fields.items()}
        except ValidationError:
            return super().load(data, **options)
        return {name: value for name, value in read.items() if value is not missing}
