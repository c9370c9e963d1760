"""The built-in study's tables and network, with a handful of sea lanes, for tests of names and selectors."""

from __future__ import annotations

from functools import cache

import pandas as pd

from landbridge.io.atlas import country_table
from landbridge.network.build import Lanes, build_network
from landbridge.network.gazetteer import Gazetteer
from landbridge.network.sea import load_straits
from landbridge.network.select import SelectorContext, selector_context
from landbridge.network.topology import Network
from landbridge.study import Study, load_study

STRAITS = ("hormuz", "malacca", "bosporus", "dardanelles", "suez", "bab_el_mandeb", "cape_good_hope")


@cache
def study() -> Study:
    return load_study("japan_central_asia")


@cache
def tables() -> dict[str, pd.DataFrame]:
    read = {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in study().facts_folder.glob("*.csv")
    }
    read["straits"] = pd.DataFrame(
        [{"id": strait.id, "name": strait.name, "parts": ";".join(strait.parts)} for strait in load_straits()]
    )
    return read


@cache
def network() -> Network:
    bit = {name: 1 << i for i, name in enumerate(STRAITS)}
    rows = [
        ("CNLYG", "JPTYO", 2200.0, 0),
        ("IRBND", "JPTYO", 12000.0, bit["hormuz"] | bit["malacca"]),
        (
            "GEPTI",
            "JPTYO",
            17000.0,
            bit["malacca"] | bit["bab_el_mandeb"] | bit["suez"] | bit["bosporus"] | bit["dardanelles"],
        ),
        ("GEPTI", "JPTYO", 28000.0, bit["cape_good_hope"] | bit["bosporus"] | bit["dardanelles"]),
    ]
    return build_network(
        tables(),
        Lanes(
            from_port=tuple(row[0] for row in rows),
            to_port=tuple(row[1] for row in rows),
            km=tuple(row[2] for row in rows),
            straits=tuple(row[3] for row in rows),
            strait_ids=STRAITS,
        ),
    )


@cache
def context() -> SelectorContext:
    return selector_context(tables(), study())


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(tables(), study(), pd.DataFrame(country_table()))
