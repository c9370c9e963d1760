"""The usual measures of criticality side by side, and how far they agree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.critical import Closures
from landbridge.kernels.graph import Floats


class Measures(NamedTuple):
    """Usual measures of criticality side by side, float64[g] each, larger is more critical; none is infinite.

    ``flow``: volume that used the group (weighted betweenness). ``delta_total``: extra cost of all who still get
    through. ``cut_off``: volume that does not. ``delta_mean``: extra cost per unit of volume that used the group and
    still gets through. ``delta_share``: ``delta_total`` over the total cost before. ``lack_of_redundancy``: 1 - mean of
    old over new distance, 1 if all is cut off. ``worst``: largest extra cost of one pair. ``loss``:
    ``delta_total`` plus ``cut_off`` at a price per unit.
    """

    flow: Floats
    delta_total: Floats
    cut_off: Floats
    delta_mean: Floats
    delta_share: Floats
    lack_of_redundancy: Floats
    worst: Floats
    loss: Floats


def measures(result: Closures, cut_off_price: float) -> Measures:
    """Measures from the effects of closures; ``cut_off_price`` in units of cost per unit of volume."""
    through = result.affected - result.cut_off
    nothing = np.zeros_like(through)
    return Measures(
        result.affected,
        result.delta_total,
        result.cut_off,
        np.divide(result.delta_total, through, out=nothing.copy(), where=through > 0),
        result.delta_total / result.base_total if result.base_total > 0 else nothing,
        1.0 - result.redundancy,
        result.worst,
        result.delta_total + cut_off_price * result.cut_off,
    )


def rank_agreement(table: Measures) -> Floats:
    """Spearman's rank correlation of every two measures, float64[8, 8]; 0 with a measure that is constant.

    Equal values share their mean rank.
    """
    ranks = []
    for column in table:
        _, where, count = np.unique(column, return_inverse=True, return_counts=True)
        last = np.cumsum(count)
        ranks.append((last - (count - 1) / 2.0)[where])
    centred = np.array([rank - rank.mean() for rank in ranks])
    norm = np.sqrt((centred**2).sum(axis=1))
    product = centred @ centred.T
    scale = np.outer(norm, norm)
    return np.divide(product, scale, out=np.zeros_like(product), where=scale > 0)
