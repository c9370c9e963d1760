"""Laws of the 95th percentile."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.models.spread import Z95, TimeComponent, account, recompute, spread

components = st.lists(
    st.builds(
        TimeComponent,
        name=st.just("x"),
        mean_hours=st.floats(0.0, 500.0),
        sigma=st.floats(0.0, 1.6),
        country=st.sampled_from(["", "KAZ", "CHN"]),
    ),
    max_size=8,
)
correlations = st.floats(0.0, 1.0)


@settings(deadline=None)
@given(components, correlations)
def test_p95_is_never_below_the_mean(parts: list[TimeComponent], correlation: float) -> None:
    found = spread(parts, correlation)
    assert found.mean_hours == pytest.approx(sum(part.mean_hours for part in parts))
    assert found.p95_hours >= found.mean_hours * (1 - 1e-12)
    assert found.buffer_index >= -1e-12


@settings(deadline=None)
@given(components, correlations)
def test_without_spread_p95_is_the_mean(parts: list[TimeComponent], correlation: float) -> None:
    still = [dataclasses.replace(part, sigma=0.0) for part in parts]
    assert spread(still, correlation).p95_hours == math.fsum(part.mean_hours for part in still)


@given(st.floats(1.0, 500.0), st.floats(0.01, 1.6), correlations)
def test_one_component_has_the_quantile_of_its_log_normal(median: float, sigma: float, correlation: float) -> None:
    mean = median * math.exp(sigma**2 / 2)
    found = spread([TimeComponent("x", mean, sigma, "KAZ")], correlation)
    assert found.p95_hours == pytest.approx(median * math.exp(Z95 * sigma))


@settings(deadline=None)
@given(components, correlations, correlations)
def test_more_correlation_never_lowers_it(parts: list[TimeComponent], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert spread(parts, low).p95_hours <= spread(parts, high).p95_hours * (1 + 1e-9)


def test_correlation_counts_within_a_country_only() -> None:
    apart = [TimeComponent("a", 10.0, 0.5, "KAZ"), TimeComponent("b", 10.0, 0.5, "CHN")]
    together = [TimeComponent("a", 10.0, 0.5, "KAZ"), TimeComponent("b", 10.0, 0.5, "KAZ")]
    at_sea = [TimeComponent("a", 10.0, 0.5, ""), TimeComponent("b", 10.0, 0.5, "")]
    assert spread(apart, 0.9) == spread(apart, 0.0) == spread(at_sea, 0.9)
    assert spread(together, 0.9).p95_hours > spread(apart, 0.9).p95_hours


def test_full_correlation_of_equal_spreads_is_one_component() -> None:
    parts = [TimeComponent("a", 10.0, 0.4, "KAZ"), TimeComponent("b", 30.0, 0.4, "KAZ")]
    one = spread([TimeComponent("ab", 40.0, 0.4, "KAZ")], 1.0)
    assert spread(parts, 1.0).p95_hours == pytest.approx(one.p95_hours)


def test_moments_agree_with_draws() -> None:
    """A naive twin: 400,000 draws of two correlated log-normals and an independent one."""
    rho, means, sigmas = 0.5, np.array([30.0, 50.0, 200.0]), np.array([0.6, 0.4, 0.3])
    correlation = np.array([[1, rho, 0], [rho, 1, 0], [0, 0, 1]])
    normal = np.random.default_rng(7).multivariate_normal(np.zeros(3), correlation, 400_000)
    total = (means * np.exp(sigmas * normal - sigmas**2 / 2)).sum(axis=1)
    found = spread([TimeComponent("", m, s, c) for m, s, c in zip(means, sigmas, ["KAZ", "KAZ", ""], strict=True)], rho)
    assert found.mean_hours == pytest.approx(total.mean(), rel=2e-3)
    assert found.variance == pytest.approx(total.var(), rel=2e-2)
    assert found.p95_hours == pytest.approx(np.percentile(total, 95), rel=1e-2)


@settings(deadline=None)
@given(components, correlations)
def test_what_is_recorded_recomputes_to_the_number(parts: list[TimeComponent], correlation: float) -> None:
    recorded = json.loads(json.dumps(account(parts, correlation)))
    assert recompute(recorded) == recorded["p95_hours"]
