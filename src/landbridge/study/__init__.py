"""A study as a file: region, partner, actors, pairs, corridors, base date.

``load_study`` is the door; everything behind it trusts the ``Study`` it returns. docs/study.md describes the format.
"""

from landbridge.study.load import available_studies, check_study, load_study, studies_folder
from landbridge.study.model import NEWEST_EVENT, Corridor, Pair, Study

__all__ = [
    "NEWEST_EVENT",
    "Corridor",
    "Pair",
    "Study",
    "available_studies",
    "check_study",
    "load_study",
    "studies_folder",
]
