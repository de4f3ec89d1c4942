"""Every event that there is, with the model of its data."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from pydantic import BaseModel

from contracts import (
    care,
    development,
    disputes,
    groups,
    law,
    merging,
    pricing,
    registry,
    scoring,
    seats,
    service_desk,
    tiering,
)
from contracts.deadlines import deadline_types

SERVICES = ("registry", "tiering", "pricing", "service-desk", "scoring")
PUBLISHERS: tuple[ModuleType, ...] = (
    registry,
    law,
    merging,
    care,
    development,
    disputes,
    groups,
    tiering,
    pricing,
    service_desk,
    seats,
    scoring,
)


def _told_by(publisher: ModuleType) -> Iterator[tuple[str, type[BaseModel]]]:
    for model in vars(publisher).values():
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        if is_model and isinstance(vars(model).get("TYPE"), str):
            yield model.TYPE, model


def _catalogue() -> dict[str, type[BaseModel]]:
    models = {told: model for publisher in PUBLISHERS for told, model in _told_by(publisher)}
    for service in SERVICES:
        models.update(deadline_types(service))
    return dict(sorted(models.items()))


MODELS: Mapping[str, type[BaseModel]] = _catalogue()
