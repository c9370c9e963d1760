"""What closures do, as plain values: one row per closure, the pairs it concerns, and how long it hurts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landbridge.schema.words import Objective


@dataclass(frozen=True)
class PairEffect:
    """What one closure does to one pair whose best way used the closed thing; per unit of cargo.

    cost is what was optimised. The extras are None where the pair is cut off; hours and money may fall while the cost
    rises, the cost never falls. inside: an end of the pair lies in the closed country. lead_hours: from the origin to
    the first closed arc, along the best way before the closure.
    """

    pair: str
    weight: float
    cut_off: bool
    inside: bool
    extra_cost: float | None
    extra_hours: float | None
    extra_usd: float | None
    lead_hours: float


@dataclass(frozen=True)
class ClosureRow:
    """One closure. Sums are over pairs that still have a way, each times its weight; means are per unit of weight of
    all of those, whether they used the thing or not, and None where no pair has a way left.

    exposed_weight: of pairs whose best way passed the thing; exposed_share: as a share of all weight that has a way;
    cost_share: what was paid on the thing's own arcs, as a share of the cost of all; loss_share: extra cost as a share
    of the same.
    """

    id: str
    name: str
    selector: str
    extra_cost: float
    extra_usd: float
    extra_hours: float
    mean_extra_cost: float | None
    mean_extra_usd: float | None
    mean_extra_hours: float | None
    cut_off_pairs: int
    cut_off_weight: float
    inside_pairs: int  # of those cut off: because they start or end in the closed country
    exposed_pairs: int
    exposed_weight: float
    exposed_share: float
    cost_share: float
    loss_share: float
    effects: tuple[PairEffect, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "id": self.id,
            "name": self.name,
            "extra_usd": self.extra_usd,
            "extra_hours": self.extra_hours,
            "cut_off_pairs": self.cut_off_pairs,
            "cut_off_weight": self.cut_off_weight,
            "extra_cost": self.extra_cost,
            "mean_extra_usd": self.mean_extra_usd,
            "mean_extra_hours": self.mean_extra_hours,
            "exposed_pairs": self.exposed_pairs,
            "exposed_weight": self.exposed_weight,
            "exposed_share": self.exposed_share,
            "cost_share": self.cost_share,
            "loss_share": self.loss_share,
        }


@dataclass(frozen=True)
class ClosureTable:
    """Closures, worst first: most weight cut off, then highest extra cost, then id.

    base_cost, base_usd, base_hours: sums over pairs, times weight. no_way_before: ids of pairs without any way, in no
    row.
    """

    what: str
    by: Objective
    pairs: int
    weight: float
    base_cost: float
    base_usd: float
    base_hours: float
    rows: tuple[ClosureRow, ...]
    no_way_before: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "what": self.what,
            "by": self.by,
            "pairs": self.pairs,
            "weight": self.weight,
            "no_way_before": list(self.no_way_before),
            "rows": [row.to_json() for row in self.rows],
        }


@dataclass(frozen=True)
class Recovery:
    """What a closure of ``closed_days`` does at the closed thing itself. None: it never recovers, or is not known."""

    closed_days: float
    use: float
    capacity_per_day: float | None
    capacity_unit: str  # vehicle of the capacity: trains, teu, trucks ...; empty where not known
    clear_after_days: float | None  # from the closing until nobody waits any more
    mean_delay_days: float | None
    longest_delay_days: float | None
    waiting_at_reopening: float | None  # vehicles
    lost_vehicle_days: float | None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "closed_days": self.closed_days,
            "use": self.use,
            "capacity_per_day": self.capacity_per_day,
            "capacity_unit": self.capacity_unit,
            "clear_after_days": self.clear_after_days,
            "mean_delay_days": self.mean_delay_days,
            "longest_delay_days": self.longest_delay_days,
            "waiting_at_reopening": self.waiting_at_reopening,
            "lost_vehicle_days": self.lost_vehicle_days,
        }


@dataclass(frozen=True)
class PairRecovery:
    """What it does to one pair whose best way passes the thing ``lead_days`` after departure.

    under_way_delay_days: mean over boxes that were on the way to it when it shut. go_round: departures that
    rather take the way round, in days from the closing; None where none does (waiting is shorter, or there is no
    way round). departure_delay_days: mean delay of boxes that leave while it is shut, each choosing the shorter.
    """

    pair: str
    lead_days: float
    extra_days_round: float | None  # None: no way round
    under_way_delay_days: float
    departure_delay_days: float
    go_round: tuple[float, float] | None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "pair": self.pair,
            "lead_days": self.lead_days,
            "extra_days_round": self.extra_days_round,
            "under_way_delay_days": self.under_way_delay_days,
            "departure_delay_days": self.departure_delay_days,
            "go_round": list(self.go_round) if self.go_round else None,
        }
