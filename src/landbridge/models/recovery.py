"""How long does a closure of n days hurt? A queue that forms while it lasts and is worked off afterwards.

The rule. Vehicles arrive at the closed thing evenly, at the share ``use`` of what it can pass. While it is shut none
passes; when it opens they pass in the order of arrival as fast as capacity allows. Time counts from the closing, in
days; ``D`` is the length of the closure. A vehicle that arrives at ``t`` leaves the queue at ``D + use * t``, so

    delay(t)      = max(0, D - (1 - use) * t)
    queue gone at   D / (1 - use)
    longest delay = D,  mean delay of the delayed = D / 2

None of this needs the capacity itself; only the number that wait does. With ``use`` of 1 or more the queue never goes.
This is the fluid limit of a deterministic queue (G. F. Newell, Applications of Queueing Theory, 1982, chapter 2): no
priority, no turning away once in the queue, no other bottleneck behind it.

A shipper who has not left yet compares: the wait he would meet against what the way round costs more in hours. So
boxes that leave between two moments go round, and the others wait.
"""

from __future__ import annotations

from landbridge.result.closures import PairRecovery, Recovery
from landbridge.schema.errors import BadRequest, Finding


def recovery(
    closed_days: float, use: float, capacity_per_day: float | None = None, capacity_unit: str = ""
) -> Recovery:
    """Queue of a closure; the module states the rule. Raises ``BadRequest`` for days below 0 or a use below 0."""
    _check(closed_days, use, capacity_per_day)
    recovers = use < 1
    clear = closed_days / (1 - use) if recovers else None
    arrivals = None if capacity_per_day is None else use * capacity_per_day
    delayed = None if arrivals is None or clear is None else arrivals * clear
    return Recovery(
        closed_days=closed_days,
        use=use,
        capacity_per_day=capacity_per_day,
        capacity_unit=capacity_unit,
        clear_after_days=clear,
        mean_delay_days=closed_days / 2 if recovers else None,
        longest_delay_days=closed_days if use <= 1 else None,
        waiting_at_reopening=None if arrivals is None else arrivals * closed_days,
        lost_vehicle_days=None if delayed is None else delayed * closed_days / 2,
    )


def _check(closed_days: float, use: float, capacity_per_day: float | None) -> None:
    findings = []
    if not 0 <= closed_days < float("inf"):
        findings.append(Finding("days", f"{closed_days:g}", "Give a number of days, 0 or more."))
    if not 0 <= use < float("inf"):
        findings.append(Finding("use", f"{use:g}", "Give a share of capacity, 0 or more."))
    if capacity_per_day is not None and not 0 < capacity_per_day < float("inf"):
        findings.append(Finding("capacity", f"{capacity_per_day:g}", "Give what passes in a day, above 0."))
    if findings:
        raise BadRequest("This closure cannot be computed.", findings)


def delay_days(arrival_day: float, closed_days: float, use: float) -> float:
    """Wait of a vehicle that reaches the closed thing ``arrival_day`` days after it shut."""
    return max(0.0, closed_days - (1 - use) * arrival_day)


def pair_recovery(
    pair: str, lead_days: float, extra_days_round: float | None, closed_days: float, use: float
) -> PairRecovery:
    """Delays of one pair. A way round that is no slower is taken at once."""
    _check(closed_days, use, None)
    round_days = None if extra_days_round is None else max(0.0, extra_days_round)
    end = min(closed_days, _waits_longer_until(lead_days, round_days, closed_days, use))
    go_round = (0.0, end) if round_days is not None and end > 0 else None
    waiting = _mean(end, closed_days, lead_days, closed_days, use) * (closed_days - end) if closed_days > end else 0.0
    total = waiting + (round_days or 0.0) * end
    return PairRecovery(
        pair=pair,
        lead_days=lead_days,
        extra_days_round=extra_days_round,
        under_way_delay_days=_mean(-lead_days, 0.0, lead_days, closed_days, use),
        departure_delay_days=total / closed_days if closed_days > 0 else 0.0,
        go_round=go_round,
    )


def _waits_longer_until(lead_days: float, round_days: float | None, closed_days: float, use: float) -> float:
    """Departures before this day would wait longer than the way round takes more; 0 if none would."""
    if round_days is None or delay_days(lead_days, closed_days, use) <= round_days:
        return 0.0
    # The delay falls with the day of departure for a use below 1 and never falls otherwise.
    return (closed_days - round_days) / (1 - use) - lead_days if use < 1 else float("inf")


def _mean(first: float, last: float, lead_days: float, closed_days: float, use: float) -> float:
    """Mean delay of boxes that leave evenly between two days."""
    if last <= first:
        return delay_days(first + lead_days, closed_days, use)
    begin, end = first + lead_days, last + lead_days
    if use < 1:
        end_of_queue = closed_days / (1 - use)
        stop = min(end, max(begin, end_of_queue))
    else:
        stop = end
    # Up to ``stop`` the delay is linear in the arrival, beyond it nothing waits.
    area = (delay_days(begin, closed_days, use) + delay_days(stop, closed_days, use)) / 2 * (stop - begin)
    return area / (end - begin)
