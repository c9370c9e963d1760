"""How late may it be: the 95th percentile of a sum of log-normal times.

Each component i has a mean m_i (hours) and a standard deviation s_i of its logarithm. Two components of one country
are correlated: their logarithms have correlation r (0 <= r <= 1); components of different countries, and at sea (no
country), are independent. Then

    mean      M   = sum of m_i
    variance  V   = sum over i, j of m_i m_j (exp(r_ij s_i s_j) - 1),   r_ii = 1, r_ij = r in one country, else 0
    log sd    s^2 = ln(1 + V / M^2)
    P95           = M exp(z s - s^2 / 2),   z = 1.6448536... (95 % point of the normal distribution)

The mean and the variance are exact; that the sum is again log-normal is Fenton's approximation (L. F. Fenton, IRE
Trans. Commun. Syst. 8, 1960), exact for one component. No draws, so the same bytes every time.

Guarantees: no spread gives P95 = M. With every s_i <= z, which every published spread of a transport time is, P95 >=
M, and more correlation never lowers it (P95 rises with s as long as s <= z, and s never exceeds the largest s_i).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

#: 95 % point of the standard normal distribution.
Z95: Final = 1.6448536269514722

FORMULA: Final = (
    "p95 = mean * exp(z * sigma - sigma^2 / 2); sigma^2 = ln(1 + variance / mean^2); "
    "variance = sum over i, j of m_i * m_j * (exp(r_ij * s_i * s_j) - 1); "
    "r_ij = 1 for i = j, correlation within one country, 0 otherwise"
)


@dataclass(frozen=True)
class TimeComponent:
    """A time that varies: its mean, the spread of its logarithm, and the country in which its delays go together ('' =
    none).
    """

    name: str
    mean_hours: float
    sigma: float
    country: str


@dataclass(frozen=True)
class Spread:
    """Mean, variance and upper tail of a sum of times."""

    mean_hours: float
    variance: float
    sigma: float
    p95_hours: float

    @property
    def buffer_index(self) -> float:
        """Extra time to allow for being late once in twenty, as a share of the mean; 0 for no time at all."""
        return self.p95_hours / self.mean_hours - 1.0 if self.mean_hours > 0 else 0.0


def spread(components: Sequence[TimeComponent], correlation: float) -> Spread:
    """Mean, variance and P95 of the sum of ``components`` (formula of the module); nothing at all takes 0 hours."""
    mean = math.fsum(part.mean_hours for part in components)
    varying = [part for part in components if part.sigma > 0 and part.mean_hours > 0]
    terms = []
    for i, first in enumerate(varying):
        terms.append(first.mean_hours**2 * math.expm1(first.sigma**2))
        for second in varying[i + 1 :]:
            if first.country and first.country == second.country:
                covariance = math.expm1(correlation * first.sigma * second.sigma)
                terms.append(2 * first.mean_hours * second.mean_hours * covariance)
    variance = math.fsum(terms)
    if variance <= 0 or mean <= 0:
        return Spread(mean, 0.0, 0.0, mean)
    sigma = math.sqrt(math.log1p(variance / mean**2))
    return Spread(mean, variance, sigma, mean * math.exp(Z95 * sigma - sigma**2 / 2))


def account(components: Sequence[TimeComponent], correlation: float) -> dict[str, Any]:
    """Formula, inputs and results as plain values; ``recompute`` gets the same P95 from them."""
    found = spread(components, correlation)
    return {
        "formula": FORMULA,
        "z": Z95,
        "correlation": correlation,
        "mean_hours": found.mean_hours,
        "variance": found.variance,
        "sigma": found.sigma,
        "p95_hours": found.p95_hours,
        "components": [
            {"name": part.name, "mean_hours": part.mean_hours, "sigma": part.sigma, "country": part.country}
            for part in components
        ],
    }


def recompute(inputs: dict[str, Any]) -> float:
    """P95 in hours from what ``account`` recorded."""
    components = [TimeComponent(**part) for part in inputs["components"]]
    return spread(components, inputs["correlation"]).p95_hours
