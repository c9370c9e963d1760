"""What the detailed network is built by: every limit of every rule, in one place.

The limits were chosen on the curated sections of the built-in study, see ``repair``; changing one changes the digest of
the network and so rebuilds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Where an arc comes from; ``arc_rule`` of the network holds positions in this tuple.
ARC_RULES: Final = (
    "package",  # an arc of scgraph-data, its length times the circuity of its region
    "dead-end-join",  # a dead end joined to a near node of another loose part, or to the nearest dead end
    "loose-part-join",  # two loose parts of one country's railways joined at their nearest nodes
    "border-stub-join",  # a piece behind a border joined to the network of its country
    "known-link",  # a bridge, tunnel or road of world/land/known_links.csv that the package lacks
    "crossing-join",  # both sides of a curated crossing joined where the package has no arc
    "section",  # the official length of a curated section where the package's path fails
    "terminal",  # a place joined to the tracks and roads around it
    "far-terminal",  # a place far from every road of the package joined to the nearest one; assumed
    "transfer",  # rail <-> road, or gauge <-> gauge, in one place
    "sea",  # an arc of the sea network
    "port",  # between a port's sea node and its land terminal
)


@dataclass(frozen=True)
class Rules:
    """Limits of the rules; lengths in km."""

    #: Longest join at a dead end. 2.5 km mends 25 of 60 broken curated rail sections; 1.5 km mends 22 of them.
    join_limit_km: float = 2.5
    #: Loose parts of one country's network with at least this many nodes ...
    loose_part_nodes: int = 20
    #: ... or roads, are joined where they come this near; roads only where the straight line is on land in the atlas.
    loose_part_limit_km: float = 10.0
    #: A loose part of one country that hangs only on a neighbour's network, no wider than this ...
    enclave_extent_km: float = 30.0
    #: ... and nowhere deeper in its country than this is taken for an error of the border polygons (1:50 million).
    enclave_depth_km: float = 6.0
    #: A piece of a country behind a border, smaller than ``loose_part_nodes``, is joined to the rest within
    #: this distance.
    border_stub_limit_km: float = 8.0
    #: A crossing's sides are looked for within this distance ...
    crossing_reach_km: float = 20.0
    #: ... and joined if they are no farther apart than this.
    crossing_join_limit_km: float = 15.0
    #: A side of a crossing joins only a part of the network with at least this many nodes.
    crossing_part_nodes: int = 50
    #: A place reaches tracks and roads of its country within this distance.
    terminal_reach_km: float = 12.0
    #: A world place near no road of a part with this many nodes ...
    far_terminal_part_nodes: int = 200
    #: ... is joined to the nearest node of its country's largest part within this distance, on land ...
    far_terminal_reach_km: float = 100.0
    #: ... by this many times the straight line (assumed: a minor road that the package does not have).
    far_terminal_circuity: float = 1.4
    #: A port reaches tracks and roads within this distance.
    port_reach_km: float = 15.0
    #: A curated section is bridged by its official length if the path is outside these ratios to it.
    section_ratio_low: float = 0.8
    section_ratio_high: float = 1.25
    #: Shorter sections say nothing about circuity.
    circuity_min_km: float = 60.0
    #: A region with fewer good sections takes the median of all of the mode.
    circuity_min_sections: int = 20
    #: Arcs over one border by one mode within this distance are one crossing.
    crossing_cluster_km: float = 10.0
    #: A curated crossing of the same border and mode within this distance stands for the derived one.
    crossing_curated_km: float = 25.0
    #: An arc between two countries whose territories are farther apart than this is dropped as a false chord ...
    neighbour_gap_km: float = 60.0
    #: A crossing takes the name of the town of GeoNames nearest to it within this distance.
    town_reach_km: float = 40.0


RULES: Final = Rules()
