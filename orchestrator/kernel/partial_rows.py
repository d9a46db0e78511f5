"""Rows of which only some columns were read; the rest is read when somebody asks for it."""

from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def partial_row(model: type[Row], **values: Any) -> Row:
    """Return a stored row from some of its columns, named as attributes of the model."""
    names = [each.attname for each in model._meta.concrete_fields if each.attname in values]
    missing = values.keys() - set(names)
    if missing:
        raise TypeError(f"{model.__name__} has no columns {sorted(missing)}")
    return model.from_db(None, names, [values[name] for name in names])
