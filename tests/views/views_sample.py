"""A made-up study of realistic size and shape. Names are real so that the pages can be judged by eye; the numbers are
not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from landbridge.result import report as r
from landbridge.result.routes import Contribution, Leg, ProfilePoint, Route, RoutesAnswer, Track, Unreachable

AT = {
    "Tokyo": (35.62, 139.78),
    "Vostochny": (42.74, 133.08),
    "Lianyungang": (34.74, 119.46),
    "Bandar Abbas": (27.14, 56.06),
    "Poti": (42.15, 41.65),
    "Alat": (39.95, 49.41),
    "Aktau": (43.6, 51.22),
    "Irkutsk": (52.29, 104.3),
    "Novosibirsk": (55.03, 82.92),
    "Petropavl": (54.87, 69.15),
    "Xi'an": (34.34, 108.94),
    "Lanzhou": (36.06, 103.83),
    "Khorgos": (44.2, 80.4),
    "Dostyk": (45.25, 82.48),
    "Almaty": (43.24, 76.9),
    "Shymkent": (42.34, 69.59),
    "Saryagash": (41.46, 69.16),
    "Sarakhs": (36.54, 61.16),
    "Mashhad": (36.3, 59.6),
    "Turkmenabat": (39.07, 63.58),
    "Tashkent": (41.3, 69.24),
    "Astana": (51.17, 71.43),
    "Bishkek": (42.87, 74.59),
    "Dushanbe": (38.56, 68.77),
    "Ashgabat": (37.95, 58.38),
    "Busan": (35.1, 129.04),
    "Taiwan Strait": (24.5, 119.0),
    "Singapore": (1.26, 103.84),
    "Dondra Head": (5.6, 80.6),
    "Gulf of Oman": (24.6, 58.8),
    "Bab el-Mandeb": (12.6, 43.4),
    "Suez": (29.9, 32.6),
    "Aegean": (37.5, 25.0),
    "Bosporus": (41.2, 29.1),
    "Gulf of Aden": (12.5, 51.0),
}


@dataclass(frozen=True)
class Haul:
    """A stretch by one mode through way points, cut into ``arcs`` equal arcs."""

    mode: str
    country: str
    through: tuple[str, ...]
    km: float
    arcs: int
    km_per_hour: float
    usd_per_km: float
    basis: str = "reported"
    assumed_track: bool = False


@dataclass(frozen=True)
class Step:
    """A vertical step."""

    kind: str
    name: str
    component: str
    hours: float
    usd: float
    basis: str = "reported"


def build_route(id_: str, corridors: Sequence[str], items: Sequence[Haul | Step], first: str) -> Route:
    """A route whose totals are the sums of its contributions, as the program makes them."""
    groups: list[tuple[str, list[Haul | Step], str, str]] = []
    waiting: list[Haul | Step] = []
    here = first
    for item in items:
        waiting.append(item)
        if isinstance(item, Haul):
            if groups and groups[-1][0] == item.mode:
                mode, parts, start, _ = groups[-1]
                groups[-1] = (mode, parts + waiting, start, item.through[-1])
            else:
                groups.append((item.mode, waiting, here, item.through[-1]))
            here, waiting = item.through[-1], []
    mode, parts, start, end = groups[-1]
    groups[-1] = (mode, parts + waiting, start, end)

    contributions = [
        Contribution(
            -1,
            f"wait at {first}",
            "o>p#0",
            "waiting",
            "origin_wait_hours",
            84.0,
            0.0,
            "assumed",
            "168 h / 2",
            ("N0001",),
            "",
            84.0,
            0.0,
        )
    ]
    profile = [ProfilePoint(0.0, 0.0, 0.0, first, "origin", groups[0][0])]
    legs, tracks = [], []
    km = hours = usd = 0.0
    for number, (mode, parts, start, end) in enumerate(groups):
        leg_parts: list[Contribution] = []
        leg_km = 0.0
        lines = []
        at = start
        for item in parts:
            if isinstance(item, Step):
                fact = fact_id(item.component, item.name)
                for measure, amount in (("hours", item.hours), ("usd", item.usd)):
                    leg_parts.append(
                        Contribution(
                            number,
                            item.name,
                            f"{at}>{item.name}",
                            item.component,
                            measure,
                            amount,
                            0.0,
                            item.basis,
                            f"{fact}",
                            (fact,),
                            "",
                            amount,
                            0.0,
                        )
                    )
                hours, usd = hours + item.hours, usd + item.usd
                profile.append(ProfilePoint(km, hours, usd, item.name, item.kind, mode))
                continue
            length = item.km / item.arcs
            speed, price = (
                fact_id("haul_speed", f"{item.mode}.{item.country}"),
                fact_id("haul_price", f"{item.mode}.{item.country}"),
            )
            for i in range(item.arcs):
                where = (
                    f"{item.mode} in {item.country}, {item.mode.upper()}{(i * 37 + number) % 400:03d}"
                    if item.country
                    else f"sea lane {at}-{item.through[-1]}"
                )
                arc = f"{at}{i}>{at}{i + 1}#{item.mode}"
                rates = (
                    (
                        "hours",
                        1 / item.km_per_hour,
                        f"{length:.1f} km / {item.km_per_hour:g} km per hour",
                        (speed,),
                        item.basis,
                    ),
                    (
                        "usd",
                        item.usd_per_km,
                        f"{length:.1f} km x {item.usd_per_km:g} USD per km",
                        (price, "N0003"),
                        "derived",
                    ),
                    ("co2_wtw_kg", 0.2, f"{length:.1f} km x 12.1 t x 16.5 g", ("N0004",), "reported"),
                    ("co2_ttw_kg", 0.16, f"{length:.1f} km x 12.1 t x 13.2 g", ("N0005",), "reported"),
                )
                for measure, rate, formula, facts, basis in rates:
                    leg_parts.append(
                        Contribution(
                            number,
                            where,
                            arc,
                            "haul",
                            measure,
                            rate * length,
                            length,
                            basis,
                            formula,
                            facts,
                            "",
                            0.0,
                            rate,
                        )
                    )
            leg_km += item.km
            km, hours, usd = km + item.km, hours + item.km / item.km_per_hour, usd + item.km * item.usd_per_km
            profile.append(ProfilePoint(km, hours, usd, item.through[-1], "place", item.mode))
            lines.append((tuple(AT[name] for name in (at, *item.through)), item.assumed_track))
            at = item.through[-1]
        contributions += leg_parts
        legs.append(
            Leg(
                mode,
                start,
                end,
                leg_km,
                total(leg_parts, "hours"),
                total(leg_parts, "usd"),
                total(leg_parts, "co2_wtw_kg"),
                tuple(dict.fromkeys(p.country for p in parts if isinstance(p, Haul) and p.country)),
            )
        )
        for assumed in (False, True):
            chosen = tuple(line for line, flag in lines if flag is assumed)
            if chosen:
                tracks.append(Track(mode, chosen, assumed))
    profile.append(ProfilePoint(km, hours, usd, groups[-1][3], "destination", groups[-1][0]))
    hours, usd = total(contributions, "hours"), total(contributions, "usd")
    steps = [item for item in items if isinstance(item, Step)]
    countries = ["JPN"] + [item.country for item in items if isinstance(item, Haul) and item.country]
    return Route(
        id=id_,
        corridors=tuple(corridors),
        distance_km=math.fsum(leg.distance_km for leg in legs),
        distance_by_mode={leg.mode: math.fsum(x.distance_km for x in legs if x.mode == leg.mode) for leg in legs},
        hours=hours,
        hours_p95=hours * 1.31,
        buffer_index=0.31,
        origin_wait_hours=84.0,
        usd=usd,
        generalised_usd=usd + 2.9 * hours,
        co2_kg=total(contributions, "co2_wtw_kg"),
        co2_ttw_kg=total(contributions, "co2_ttw_kg"),
        crossings=tuple(s.name for s in steps if s.kind == "crossing"),
        gauge_breaks=tuple(s.name for s in steps if s.kind == "gauge"),
        ports=tuple(s.name.removeprefix("port of ") for s in steps if s.kind == "port"),
        countries=tuple(dict.fromkeys(countries)),
        straits=tuple(
            n
            for item in items
            if isinstance(item, Haul)
            for n in item.through
            if n in ("Suez", "Bab el-Mandeb", "Singapore")
        ),
        assumed_share_hours=assumed_share(contributions, "hours"),
        assumed_share_usd=assumed_share(contributions, "usd"),
        legs=tuple(legs),
        profile=tuple(profile),
        contributions=tuple(contributions),
        tracks=tuple(tracks),
        p95={"formula": "mean x exp(1.645 s - s^2 / 2)", "mean_hours": hours, "s": 0.214, "country_correlation": 0.5},
        stretch=1.0,
        names={},
    )


def total(parts: Sequence[Contribution], measure: str) -> float:
    return math.fsum(p.amount for p in parts if p.measure == measure)


def assumed_share(parts: Sequence[Contribution], measure: str) -> float:
    chosen = [p for p in parts if p.measure == measure]
    return math.fsum(p.amount for p in chosen if p.basis == "assumed") / math.fsum(p.amount for p in chosen)


def fact_id(quantity: str, subject: str) -> str:
    return f"{quantity}:{subject}".replace(" ", "_")


def sea(to: str, *through: str, km: float) -> Haul:
    return Haul("sea", "", (*through, to), km, 3, 26.0, 0.16)


# The last stretches: destination -> ways into it from the hubs.
_INLAND = {
    "Astana": {"Khorgos": ("KAZ", ("Almaty", "Astana"), 1610), "Petropavl": ("KAZ", ("Astana",), 490)},
    "Bishkek": {
        "Khorgos": ("KAZ", ("Almaty", "Bishkek"), 610),
        "Petropavl": ("KAZ", ("Astana", "Almaty", "Bishkek"), 1980),
    },
    "Tashkent": {
        "Khorgos": ("KAZ", ("Almaty", "Shymkent", "Saryagash", "Tashkent"), 1240),
        "Petropavl": ("KAZ", ("Astana", "Shymkent", "Tashkent"), 1890),
    },
    "Dushanbe": {
        "Khorgos": ("KAZ", ("Almaty", "Shymkent", "Tashkent", "Dushanbe"), 1910),
        "Petropavl": ("KAZ", ("Astana", "Shymkent", "Tashkent", "Dushanbe"), 2560),
    },
    "Ashgabat": {
        "Khorgos": ("KAZ", ("Almaty", "Shymkent", "Turkmenabat", "Ashgabat"), 2510),
        "Petropavl": ("KAZ", ("Astana", "Shymkent", "Turkmenabat", "Ashgabat"), 3160),
    },
}
_OWN = {"Astana": "KAZ", "Bishkek": "KGZ", "Tashkent": "UZB", "Dushanbe": "TJK", "Ashgabat": "TKM"}
_BORDER = {
    "Bishkek": "Merke-Kaindy",
    "Tashkent": "Saryagash-Keles",
    "Dushanbe": "Kudukli-Pakhtaabad",
    "Ashgabat": "Farap-Turkmenabat",
}


def _into(destination: str, hub: str, arcs: int) -> list[Haul | Step]:
    country, through, km = _INLAND[destination][hub]
    items: list[Haul | Step] = []
    if len(through) > 1:
        items.append(Haul("rail", country, through[:-1], km * 0.8, arcs, 30, 0.62))
    if destination in _BORDER:
        items.append(Step("crossing", _BORDER[destination], "border", 31, 190))
    items.append(
        Haul(
            "rail",
            _OWN[destination],
            through[-1:],
            km if len(through) == 1 else km * 0.2,
            max(1, arcs // 3),
            26,
            0.7,
            "derived",
        )
    )
    items.append(Step("transfer", f"terminal in {destination}", "transfer", 18, 95, "assumed"))
    return items


def ways(destination: str, arcs: int = 24) -> list[Route]:
    """Five alternatives, best first."""
    load = Step("port", "port of Tokyo", "port", 30, 210)
    khorgos = build_route(
        "khorgos",
        ["China Land Bridge, Khorgos"],
        [
            load,
            sea("Lianyungang", "Busan", km=2080),
            Step("port", "port of Lianyungang", "port", 148, 320, "assumed"),
            Haul("rail", "CHN", ("Xi'an", "Lanzhou", "Khorgos"), 4360, arcs, 34, 0.43),
            Step("gauge", "gauge break 1435/1520 mm at Altynkol", "gauge_change", 9, 85, "derived"),
            Step("crossing", "Khorgos-Altynkol", "border", 41, 260),
            *_into(destination, "Khorgos", arcs),
        ],
        "Tokyo",
    )
    siberia = build_route(
        "trans-siberian",
        ["Trans-Siberian"],
        [
            load,
            sea("Vostochny", km=1720),
            Step("port", "port of Vostochny", "port", 120, 420),
            Haul("rail", "RUS", ("Irkutsk", "Novosibirsk", "Petropavl"), 7310, arcs * 2, 38, 0.51),
            Step("crossing", "Kulomzino-Petropavl", "border", 19, 110),
            *_into(destination, "Petropavl", arcs),
        ],
        "Tokyo",
    )
    truck = build_route(
        "khorgos-road",
        [],
        [
            load,
            sea("Lianyungang", "Busan", km=2080),
            Step("port", "port of Lianyungang", "port", 96, 320, "assumed"),
            Haul("road", "CHN", ("Xi'an", "Lanzhou", "Khorgos"), 4420, arcs, 27, 0.92),
            Step("crossing", "Khorgos-Nur Zholy", "border", 63, 610),
            Haul(
                "road",
                "KAZ",
                ("Almaty", destination),
                _INLAND[destination]["Khorgos"][2] * 1.02,
                arcs,
                22,
                1.05,
                "assumed",
                True,
            ),
            Step("transfer", f"terminal in {destination}", "transfer", 12, 95, "assumed"),
        ],
        "Tokyo",
    )
    gulf = build_route(
        "bandar-abbas",
        ["Bandar Abbas"],
        [
            load,
            sea("Bandar Abbas", "Taiwan Strait", "Singapore", "Dondra Head", "Gulf of Oman", km=11930),
            Step("port", "port of Bandar Abbas", "port", 190, 300),
            Haul("rail", "IRN", ("Mashhad", "Sarakhs"), 1720, arcs, 19, 0.38),
            Step("crossing", "Sarakhs-Serahs", "border", 96, 340, "assumed"),
            Step("gauge", "gauge break 1435/1520 mm at Sarakhs", "gauge_change", 14, 120, "assumed"),
            Haul("rail", "TKM", ("Turkmenabat",), 560, max(1, arcs // 2), 21, 0.74, "assumed"),
            Haul("rail", _OWN[destination], (destination,), 640, max(1, arcs // 2), 24, 0.7, "derived"),
            Step("transfer", f"terminal in {destination}", "transfer", 18, 95, "assumed"),
        ],
        "Tokyo",
    )
    caspian = build_route(
        "trans-caspian",
        ["Deep sea by Suez", "TRACECA / Trans-Caspian"],
        [
            load,
            sea(
                "Poti",
                "Taiwan Strait",
                "Singapore",
                "Dondra Head",
                "Gulf of Aden",
                "Bab el-Mandeb",
                "Suez",
                "Aegean",
                "Bosporus",
                km=16900,
            ),
            Step("port", "port of Poti", "port", 118, 290),
            Haul("rail", "GEO", ("Alat",), 880, max(1, arcs // 2), 17, 0.8),
            Step("port", "port of Alat", "port", 76, 180),
            Haul("ferry", "", ("Aktau",), 490, 1, 20, 1.5, "reported", True),
            Step("port", "port of Aktau", "port", 64, 170),
            Haul("rail", _OWN[destination], (destination,), 2480, arcs, 25, 0.66),
            Step("transfer", f"terminal in {destination}", "transfer", 18, 95, "assumed"),
        ],
        "Tokyo",
    )
    routes = [khorgos, siberia, truck, gulf, caspian]
    ordered = sorted(routes, key=lambda route: route.generalised_usd)
    return [replace(route, stretch=route.generalised_usd / ordered[0].generalised_usd) for route in ordered]


def answer(destination: str, routes: Sequence[Route], notes: tuple[str, ...] = ()) -> RoutesAnswer:
    return RoutesAnswer("Tokyo", destination, "teu", "middle", "cost", "2024-12-31", 2024, tuple(routes), None, notes)


def cut_off(destination: str) -> RoutesAnswer:
    return RoutesAnswer(
        "Tokyo",
        destination,
        "teu",
        "middle",
        "cost",
        "2024-12-31",
        2024,
        (),
        Unreachable(f"every way to {destination} is closed", ("crossing Torkham (PAK-AFG)", "border TJK-AFG")),
        (),
    )


def points(routes: Sequence[Route], destination: str) -> tuple[r.MapPoint, ...]:
    found = [r.MapPoint("Tokyo", "origin", *AT["Tokyo"]), r.MapPoint(destination, "destination", *AT[destination])]
    for port in dict.fromkeys(port for route in routes for port in route.ports if port != "Tokyo"):
        users = tuple(route.id for route in routes if port in route.ports)
        found.append(r.MapPoint(port, "port", *AT[port], routes=users))
    for name, at in (
        ("Khorgos-Altynkol", "Khorgos"),
        ("Sarakhs-Serahs", "Sarakhs"),
        ("Kulomzino-Petropavl", "Petropavl"),
        ("Saryagash-Keles", "Saryagash"),
    ):
        users = tuple(route.id for route in routes if name in route.crossings)
        if users:
            found.append(r.MapPoint(name, "crossing", *AT[at], routes=users))
    found += [
        r.MapPoint("Dostyk-Alashankou", "crossing", *AT["Dostyk"], closed=True, note="closed for works"),
        r.MapPoint("gauge break at Altynkol", "gauge", 44.16, 80.2, routes=("khorgos",)),
    ]
    return tuple(found)


def _facts(pairs: Sequence[r.PairAnswer]) -> tuple[r.FactUsed, ...]:
    used = sorted(
        {fact for pair in pairs for route in pair.answer.routes for part in route.contributions for fact in part.facts}
    )
    basis = ("reported", "reported", "derived", "assumed")
    return tuple(
        r.FactUsed(
            id=name,
            subject=name.partition(":")[2] or "world",
            quantity=name.partition(":")[0],
            value=round(12.5 + i * 7.31, 2),
            unit="hours" if i % 2 else "usd_per_unit",
            year=2019 + i % 6,
            money_year=None if i % 2 else 2019 + i % 6,
            basis=basis[i % 4],
            source="general-knowledge" if basis[i % 4] == "assumed" else f"cpmm-{2019 + i % 6}",
            locator=f"Table 3.{i}",
            note="mean of both sides" if i % 3 == 0 else "",
            low=9.0 if i % 5 == 0 else None,
            high=88.0 if i % 5 == 0 else None,
            parents=("N0003",) if basis[i % 4] == "derived" and name != "N0003" else (),
            losers=(r.Loser(f"{name}-old", 99.5, 2012, "reported", "cpmm-2019", "older year"),) if i % 4 == 0 else (),
        )
        for i, name in enumerate(used)
    )


def benchmarks() -> r.Benchmarks:
    rows = []
    for i in range(34):
        days = 12 + (i * 7) % 41
        usd = 2100 + (i * 531) % 5400 if i % 4 == 0 else None
        km = 4200 + (i * 977) % 9100 if i % 3 == 0 else None
        wobble = (((i * 37) % 23) - 11) / 30
        usable = ("yes", "yes", "yes", "minimum", "yes", "no")[i % 6]
        asked = usable != "no"
        rows.append(
            r.BenchmarkRow(
                id=f"BM{i + 1:02d}",
                origin=("Nhava Sheva", "Tokyo", "Lianyungang", "Moscow")[i % 4],
                destination=("Moscow", "Tashkent", "Almaty", "Bandar Abbas", "Poti")[i % 5],
                corridor=("INSTC west", "China Land Bridge, Khorgos", "TRACECA / Trans-Caspian")[i % 3],
                year=2012 + i % 13,
                usable=usable,
                reason={"no": "price of the peak of 2022", "minimum": "operator's claim"}.get(usable, ""),
                published_days=days,
                published_usd=usd,
                published_km=km,
                model_days=days * (1 + wobble) if asked else None,
                model_usd=usd * (1 + wobble * 1.6) if asked and usd else None,
                model_km=km * (1 + wobble / 6) if asked and km else None,
                error_days=wobble if asked else None,
                error_usd=wobble * 1.6 if asked and usd else None,
                error_km=wobble / 6 if asked and km else None,
                source="cpmm-2021",
                command=f"landbridge routes Tokyo Tashkent --via Khorgos --as-of {2012 + i % 13}-07-01",
                components=(r.ComponentSum("haul", 240.0, 2400.0), r.ComponentSum("border", 60.5, 310.0))
                if asked
                else (),
                usd_unit="per FEU" if usd else "",
                money_year=2012 + i % 13 if usd else None,
            )
        )
    return r.Benchmarks(
        tuple(rows),
        (
            r.BenchmarkMedian("days", 21, 0.127, -0.03),
            r.BenchmarkMedian("usd", 5, 0.289, 0.08),
            r.BenchmarkMedian("km", 9, 0.031, 0.002),
        ),
        (
            r.ComponentCheck("Kazakhstan, rail borders", "crossing_hours", "hours", 31.2, 28.4, 0.91, "cpmm-2023"),
            r.ComponentCheck(
                "Dostyk-Brest", "haul_price", "usd", 3340.0, 3010.0, 0.9012, "cpmm-2022", "one way, laden"
            ),
        ),
    )


def study() -> r.StudySummary:
    return r.StudySummary(
        id="japan_central_asia",
        name="Japan and Central Asia",
        question="How is Central Asia joined to Japan and the open sea, what does each way cost and hang on?",
        region="Central Asia",
        region_countries=("KAZ", "KGZ", "TJK", "TKM", "UZB"),
        partner="Japan",
        partner_countries=("JPN",),
        base_date="2024-12-31",
        money_year=2024,
        cargo="teu",
        value="middle",
        by="cost",
        limits=(
            "Prices agreed in private contracts are not known.",
            "Waits of single boxes at Vladivostok in 2024 are not in the base case.",
        ),
    )


def quality() -> tuple[r.Table, ...]:
    return (
        r.Table(
            "links",
            "Links by mode and country",
            (
                r.Column("mode", "mode"),
                r.Column("country", "country"),
                r.Column("n", "links", kind="number"),
                r.Column("km", "length", "km", "number"),
            ),
            (("rail", "KAZ", 84, 15210.5), ("rail", "UZB", 31, 4120.0), ("road", "KGZ", 22, 2860.25)),
        ),
        r.Table(
            "unreachable",
            "Places without a way to the network",
            (r.Column("place", "place"), r.Column("status", "status", kind="status"), r.Column("why", "why")),
            (("Khorog", "closed", "road under construction"),),
            "named so that they can be mended",
        ),
    )


def rank_chart_data() -> r.RankChart:
    years = tuple(f"{year}-12-31" for year in range(2010, 2027))
    return r.RankChart(
        "rank-tashkent",
        "Rank of the corridors to Tashkent, 2010-2026",
        years,
        (
            r.RankLine("Trans-Siberian", (1,) * 6 + (2,) * 6 + (4, 4, 3, 3, 3), True),
            r.RankLine("China Land Bridge, Khorgos", (None, None, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), True),
            r.RankLine("Bandar Abbas", (2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, None)),
            r.RankLine("TRACECA / Trans-Caspian", (3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 4, 4, 2)),
        ),
        (
            r.DatedEvent("khorgos", "2012-12-22", "Khorgos-Altynkol railway opened"),
            r.DatedEvent("us_iran", "2018-11-05", "US sanctions on Iran restored"),
            r.DatedEvent("russia", "2022-02-24", "Sanctions on Russia"),
            r.DatedEvent("vostochny", "2022-04-01", "Japan-Vostochny service ended"),
        ),
    )


def dot_chart_data() -> r.DotChart:
    return r.DotChart(
        "closures",
        "Extra days if it shuts",
        "extra days, mean of five pairs",
        (
            r.Dot("Khorgos-Altynkol", 96.0, 180.0, "crossings", 0.2),
            r.Dot("Sarakhs-Serahs", 0.0, 0.0, "crossings", 0.7),
            r.Dot("Malacca", 210.0, 260.0, "straits", 0.1),
            r.Dot("Torkham", 12.0, None, "crossings", None, True),
        ),
        "days",
        1,
    )


def chapter(ref: r.RouteRef) -> r.Chapter:
    """A chapter as a later issue will add it."""
    return r.Chapter(
        "which-corridor-when",
        "Which corridor, when",
        (
            r.Sentence(
                "{corridor} gained {n} ranks between {first} and {last}; today it takes {days} days.",
                {
                    "corridor": r.Figure("China Land Bridge, Khorgos"),
                    "n": r.Figure(2, "number"),
                    "first": r.Figure(2012, "year"),
                    "last": r.Figure(2026, "year", explain="which-corridor-when"),
                    "days": r.Figure(560.5, "days", 1, ref),
                },
            ),
        ),
        (
            rank_chart_data(),
            dot_chart_data(),
            r.MapData(
                "closed",
                "What is closed",
                (r.MapLine("rail", ((AT["Dostyk"], AT["Almaty"]),), closed=True, title="Dostyk-Almaty, closed"),),
                (r.MapPoint("Almaty", "place", *AT["Almaty"]),),
                ("KAZ",),
                ("made with Natural Earth",),
            ),
            r.Table(
                "tfi",
                "Indicators",
                (
                    r.Column("corridor", "corridor"),
                    r.Column("route", "way", kind="route"),
                    r.Column("hours", "time", "days", "days", 1),
                    r.Column("share", "assumed", "%", "share"),
                    r.Column("facts", "facts", kind="facts"),
                    r.Column("source", "source", kind="source"),
                    r.Column("basis", "basis", kind="basis"),
                    r.Column("change", "change", "%", "signed_share", 1),
                ),
                (("Trans-Siberian", ref, 610.5, 0.31, ("N0001", "N0004"), "cpmm-2021", "assumed", -0.062),),
            ),
        ),
    )


def report_data(arcs: int = 24, *, with_chapter: bool = True) -> r.ReportData:
    """The whole made-up study; Dushanbe is cut off."""
    pairs = []
    for destination in _INLAND:
        if destination == "Dushanbe":
            pairs.append(r.PairAnswer("tokyo-dushanbe", cut_off("Dushanbe"), points((), "Dushanbe")[:2]))
            continue
        routes = ways(destination, arcs)
        notes = ("'Tokyo' was taken as the port of Tokyo (JPTYO).",) if destination == "Astana" else ()
        pairs.append(
            r.PairAnswer(
                f"tokyo-{destination.lower()}",
                answer(destination, routes, notes),
                points(routes, destination),
                2.9,
                ("N0005",),
            )
        )
    compared = benchmarks()
    rows = (
        *r.comparison_rows(pairs),
        r.no_way_row(pairs[0], ("Trans-Mongolian",), "no service in the facts", shut=True),
    )
    ref = r.RouteRef(pairs[0].id, pairs[0].answer.routes[0].id)
    return r.ReportData(
        study=study(),
        made=r.Provenance("0.1.0", "landbridge run", "base", (("facts", "sha256:3f5a9c"), ("study", "sha256:77be01"))),
        headline=r.headline(pairs, compared),
        pairs=tuple(pairs),
        comparison=rows,
        benchmarks=compared,
        facts=_facts(pairs),
        sources=(
            r.SourceUsed("general-knowledge", "general knowledge, unverified", "", kind="assumed"),
            *(
                r.SourceUsed(f"cpmm-{year}", f"CPMM Annual Report {year}", f"https://example.org/cpmm/{year}", "CAREC")
                for year in range(2019, 2025)
            ),
        ),
        basis_counts=(r.BasisCount("border times", 41, 12, 9), r.BasisCount("prices", 130, 44, 21)),
        attributions=("© OpenStreetMap contributors (ODbL)", "Natural Earth"),
        chapters=(*((chapter(ref),) if with_chapter else ()), r.Chapter("network", "The network", (), quality())),
    )
