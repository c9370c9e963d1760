"""The closed vocabularies of the program; every list stands here once.

Codes in arrays are positions in these tuples (``MODES.index("sea")``), so the order is part of the format.
"""

from __future__ import annotations

from typing import Final, Literal

Mode = Literal["rail", "road", "sea", "ferry"]
CargoUnit = Literal["teu", "feu", "truck20t", "wagon", "tonne"]
ValueClass = Literal["low", "middle", "high"]
Basis = Literal["reported", "derived", "assumed", "scenario"]
Objective = Literal["cost", "time", "money", "co2"]
Choice = Literal["shortest", "logit"]
What = Literal["links", "crossings", "borders", "ports", "straits", "countries"]

MODES: Final[tuple[Mode, ...]] = ("rail", "road", "sea", "ferry")
CARGO_UNITS: Final[tuple[CargoUnit, ...]] = ("teu", "feu", "truck20t", "wagon", "tonne")
VALUE_CLASSES: Final[tuple[ValueClass, ...]] = ("low", "middle", "high")
OBJECTIVES: Final[tuple[Objective, ...]] = ("cost", "time", "money", "co2")
#: Kinds of things that can shut, each in turn.
WHATS: Final[tuple[What, ...]] = ("links", "crossings", "borders", "ports", "straits", "countries")

#: What an hour or a dollar on an arc can be made of.
COMPONENTS: Final = (
    "haul",  # moving: rail, road, sea, ferry
    "border",  # waiting, formalities and fees at a crossing
    "gauge_change",  # bogie change or transshipment between gauges
    "port",  # dwell and handling in a port, between ship and land or ship and ship
    "transfer",  # handling between modes inland
    "waiting",  # for a scheduled departure, where it is not part of a port's dwell
    "fee",  # transit fees, guarantees, forwarding, documents
    "surcharge",  # war risk, detours and other charges in force on the day
)

#: What an arc is.
ARC_KINDS: Final = (
    "haul",  # along a rail or road section, inside one country
    "crossing",  # over a state border by rail or road
    "gauge",  # between two gauges in one place
    "lane",  # sea lane between two ports (generic service)
    "service",  # a named ferry or feeder service between two ports
    "load",  # land or hub -> outbound berth of a port
    "unload",  # inbound berth of a port -> land
    "transship",  # inbound berth -> outbound berth of one port
    "transfer",  # rail <-> road in one place
    "access",  # origin -> network, network -> destination
)

#: What a node is.
NODE_KINDS: Final = (
    "rail",  # (place, country, gauge)
    "road",  # (place, country)
    "sea_in",  # berth of a port after a sea leg
    "sea_out",  # berth of a port before a sea leg
    "service_in",  # after a named service
    "service_out",  # before a named service
    "origin",  # a place as origin
    "destination",  # a place as destination
)

#: State of a link or crossing in the tables.
STATUSES: Final = ("operating", "under construction", "planned", "suspended", "closed", "none")
