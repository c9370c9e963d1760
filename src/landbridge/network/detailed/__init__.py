"""The detailed network: every rail and road arc of the world the packages know, with the sea; built once,
kept in a cache.

``build`` makes it (extra ``build``), ``load`` maps it into memory in under a second. What ships with the
package is the strategic network derived from it, see ``landbridge.network.derive``.
"""

from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.assemble import build
from landbridge.network.detailed.curated import CuratedLand, curated_land, read_curated
from landbridge.network.detailed.land import Progress
from landbridge.network.detailed.rules import ARC_RULES, RULES, Rules
from landbridge.network.detailed.source import MissingPackage
from landbridge.network.detailed.store import NoDetailedNetwork, cache_folder, load

__all__ = [
    "ARC_RULES",
    "RULES",
    "CuratedLand",
    "DetailedNetwork",
    "MissingPackage",
    "NoDetailedNetwork",
    "Progress",
    "Rules",
    "build",
    "cache_folder",
    "curated_land",
    "load",
    "read_curated",
]
