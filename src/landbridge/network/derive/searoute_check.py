"""What ``searoute`` itself answers for pairs of ports: the table the tests compare the lanes with."""

from __future__ import annotations

from typing import Final

from landbridge.kernels.sphere import great_circle_km

#: Pairs of places (name, lat, lon), spread over the oceans; positions as a user of searoute would give them.
PLACES: Final = {
    "Tokyo": (35.62, 139.79),
    "Shanghai": (31.36, 121.62),
    "Busan": (35.10, 129.05),
    "Vladivostok": (43.10, 131.89),
    "Singapore": (1.26, 103.83),
    "Mumbai": (18.94, 72.84),
    "Karachi": (24.80, 66.97),
    "Jebel Ali": (25.02, 55.05),
    "Mombasa": (-4.07, 39.67),
    "Durban": (-29.87, 31.02),
    "Cape Town": (-33.90, 18.43),
    "Lagos": (6.43, 3.40),
    "Rotterdam": (51.95, 4.10),
    "Hamburg": (53.54, 9.97),
    "St Petersburg": (59.93, 30.22),
    "Constanta": (44.17, 28.66),
    "Poti": (42.15, 41.65),
    "Istanbul": (40.97, 28.68),
    "Piraeus": (37.94, 23.62),
    "Algeciras": (36.13, -5.43),
    "New York": (40.67, -74.05),
    "Houston": (29.73, -95.02),
    "Santos": (-23.96, -46.30),
    "Buenos Aires": (-34.58, -58.36),
    "Valparaiso": (-33.03, -71.62),
    "Callao": (-12.05, -77.15),
    "Los Angeles": (33.74, -118.26),
    "Vancouver": (49.29, -123.10),
    "Sydney": (-33.86, 151.20),
    "Fremantle": (-32.05, 115.74),
    "Auckland": (-36.84, 174.78),
}
PAIRS: Final = (
    ("Tokyo", "Los Angeles"),
    ("Tokyo", "Singapore"),
    ("Shanghai", "Rotterdam"),
    ("Shanghai", "Los Angeles"),
    ("Busan", "Vancouver"),
    ("Busan", "Vladivostok"),
    ("Tokyo", "Vladivostok"),
    ("Singapore", "Mumbai"),
    ("Singapore", "Fremantle"),
    ("Singapore", "Rotterdam"),
    ("Mumbai", "Jebel Ali"),
    ("Karachi", "Mombasa"),
    ("Mombasa", "Durban"),
    ("Jebel Ali", "Rotterdam"),
    ("Durban", "Rotterdam"),
    ("Cape Town", "Santos"),
    ("Lagos", "Rotterdam"),
    ("Rotterdam", "New York"),
    ("Hamburg", "St Petersburg"),
    ("Rotterdam", "Houston"),
    ("Constanta", "Poti"),
    ("Poti", "Istanbul"),
    ("Poti", "Piraeus"),
    ("Piraeus", "Algeciras"),
    ("Algeciras", "New York"),
    ("New York", "Los Angeles"),
    ("Houston", "Callao"),
    ("Santos", "Rotterdam"),
    ("Buenos Aires", "Valparaiso"),
    ("Valparaiso", "Auckland"),
    ("Los Angeles", "Sydney"),
    ("Sydney", "Auckland"),
    ("Sydney", "Tokyo"),
    ("Vancouver", "Los Angeles"),
)


def check_rows() -> list[dict[str, object]]:
    """Pairs with searoute's length (its default: Northwest Passage closed) and the legs from the places to its line."""
    import searoute

    rows: list[dict[str, object]] = []
    for a, b in PAIRS:
        (lat_a, lon_a), (lat_b, lon_b) = PLACES[a], PLACES[b]
        answer = searoute.searoute([lon_a, lat_a], [lon_b, lat_b], units="km")
        line = answer["geometry"]["coordinates"]
        first, last = line[0], line[-1]
        ends = great_circle_km(lat_a, lon_a, first[1], first[0]) + great_circle_km(lat_b, lon_b, last[1], last[0])
        rows.append(
            {
                "from": a,
                "from_lat": lat_a,
                "from_lon": lon_a,
                "to": b,
                "to_lat": lat_b,
                "to_lon": lon_b,
                "searoute_km": f"{answer['properties']['length']:.1f}",
                "searoute_ends_km": f"{ends:.1f}",
            }
        )
    return rows
