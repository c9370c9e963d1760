"""Money between years and currencies.

Dollars of one year become dollars of another by the consumer price index of the United States
(``series:us_cpi``), not by the deflator of GDP: the index is published for every year up to the newest
prices in the tables, the deflator of the study's money year is an assumption, and one assumed index would
make every amount assumed. From any year since 1990 to
2023 the two differ by less than 12 percent.

Other currencies become dollars at the mean rate of their own year first, then move in dollars. A year the
tables do not have is an error; where a later year was extrapolated, that index is an assumed number like
any other and shows in the parents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from landbridge.facts.choose import Picked, scaled
from landbridge.facts.ledger import Number, weakest
from landbridge.facts.package import Facts
from landbridge.schema.errors import FactsError, Finding

PRICE_INDEX = "series:us_cpi"


def in_money_year(facts: Facts, value: float, money_year: int, to_year: int) -> tuple[float, tuple[str, ...]]:
    """``value`` dollars of ``money_year`` in dollars of ``to_year``, and the ids of the index numbers used.

    No index is used if the years are equal. Raises ``FactsError`` if the index does not reach one of them.
    """
    if money_year == to_year:
        return value, ()
    index = facts.series.get(PRICE_INDEX, {})
    then, now = _of_year(index, PRICE_INDEX, money_year), _of_year(index, PRICE_INDEX, to_year)
    return value * now.value / then.value, (now.id, then.id)


def in_dollars(facts: Facts, amount: float, currency: str, year: int) -> tuple[float, tuple[str, ...]]:
    """An amount of a currency (three letters) in dollars of its year, and the id of the mean rate used.

    Raises ``FactsError`` if the tables have no rate of that year.
    """
    if currency.lower() == "usd":
        return amount, ()
    series = f"series:{currency.lower()}_per_usd"
    rate = _of_year(facts.series.get(series, {}), series, year)
    return amount / rate.value, (rate.id,)


def in_year(facts: Facts, picked: Picked, to_year: int) -> Picked:
    """A picked amount of money in dollars of ``to_year``; what is no money stays as it is."""
    if picked.money_year is None or picked.money_year == to_year:
        return picked
    factor, used = in_money_year(facts, 1.0, picked.money_year, to_year)
    bases = [facts.numbers[number_id].basis for number_id in used]
    # A published index that is a mean of months is as firm as a report: only an assumed one weakens a price.
    basis = weakest(picked.basis, "assumed") if "assumed" in bases else picked.basis
    return replace(scaled(picked, factor), money_year=to_year, basis=basis, parents=(*picked.parents, *used))


def _of_year(series: Mapping[int, Number], name: str, year: int) -> Number:
    found = series.get(year)
    if found is None:
        known = f"{min(series)} to {max(series)}" if series else "no year at all"
        finding = Finding("numbers/prices_index.csv", f"{name} has {known}, not {year}", f"Add a row for {year}.")
        raise FactsError(f"Money of {year} cannot be compared", [finding])
    return found
