"""The shape of a study file, frozen."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from landbridge.schema.words import CargoUnit, ValueClass

#: What ``dates.latest`` says: the day the newest dated event begins.
NEWEST_EVENT: Final = "newest-event"

Text = Annotated[str, Field(min_length=1)]
Identifier = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]*$")]
Country = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Countries = Annotated[tuple[Country, ...], Field(min_length=1)]
Gateways = Annotated[tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...], Field(min_length=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Group(_Frozen):
    """A named set of countries: the region, or the partner that reaches it."""

    name: Text
    countries: Countries


class Actors(_Frozen):
    """Other countries the study is about."""

    countries: Countries


class CargoDefaults(_Frozen):
    """Cargo where a question names none."""

    default: CargoUnit
    value: ValueClass


class Pair(_Frozen):
    """An origin and a destination, as place ids."""

    id: Identifier
    origin: Identifier
    destination: Identifier


class Corridor(_Frozen):
    """A named corridor: gateways in order.

    A route follows it if it passes one of each group, in this order or the opposite one.
    """

    id: Identifier
    name: Text
    axis: Literal["east-west", "north-south"]
    gateways: Gateways  # selectors: place., port., crossing., border., strait.
    status: Literal["operating", "under construction", "planned"] = "operating"


class StudyFile(_Frozen):
    """The keys of study.toml."""

    format: Literal[1]
    id: Identifier
    name: Text
    question: Text
    facts: Text = "facts"  # folder of the tables, relative to the file
    scenarios: Text = "scenarios"  # folder of the presets, relative to the file
    base_date: datetime.date
    money_year: Annotated[int, Field(ge=1990, le=2100)]
    limits: tuple[Text, ...] = ()  # what the study does not know, in sentences
    dates: dict[Identifier, datetime.date | Literal["newest-event"]] = Field(default_factory=dict)
    region: Group
    partner: Group
    actors: Actors
    cargo: CargoDefaults
    pairs: Annotated[tuple[Pair, ...], Field(min_length=1)]
    corridors: tuple[Corridor, ...] = ()


class Study(StudyFile):
    """A study file that passed the door, and where it came from."""

    path: Path  # of study.toml
    digest: str  # SHA-256 of its bytes

    @property
    def folder(self) -> Path:
        """Folder of the file."""
        return self.path.parent

    @property
    def facts_folder(self) -> Path:
        """Folder of the study's tables."""
        return self.folder / self.facts

    @property
    def scenarios_folder(self) -> Path:
        """Folder of the study's presets; may be absent."""
        return self.folder / self.scenarios

    @property
    def countries(self) -> tuple[str, ...]:
        """Every country the study names, each once, in the order of region, partner, actors."""
        return tuple(dict.fromkeys((*self.region.countries, *self.partner.countries, *self.actors.countries)))

    def corridor(self, identifier: str) -> Corridor:
        """The corridor with this id; ``KeyError`` if there is none."""
        return {corridor.id: corridor for corridor in self.corridors}[identifier]
