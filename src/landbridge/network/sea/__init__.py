"""The world's sea lanes: a graph of the oceans, its straits, the ports on it and the lanes between them.

No package is needed at run time: the tables in ``landbridge/world/sea`` hold everything (see the README
there).
"""

from landbridge.network.sea.access import SeaAccess, SeaPort, attach, attach_many, load_sea_ports
from landbridge.network.sea.graph import SeaGraph, Strait, edge_line, load_sea_graph, load_straits
from landbridge.network.sea.lanes import Lane, distances, lane_geometry, lane_parity, lane_rows, lane_variants

__all__ = [
    "Lane",
    "SeaAccess",
    "SeaGraph",
    "SeaPort",
    "Strait",
    "attach",
    "attach_many",
    "distances",
    "edge_line",
    "lane_geometry",
    "lane_parity",
    "lane_rows",
    "lane_variants",
    "load_sea_graph",
    "load_sea_ports",
    "load_straits",
]
