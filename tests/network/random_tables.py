"""Random small maps: a few countries, cities in them, links of every kind between them."""

from __future__ import annotations

from hypothesis import strategies as st

from maps import Map, draw

COUNTRIES = ("AAA", "BBB", "CCC")


@st.composite
def drawn_lines(draw_from: st.DrawFn) -> list[str]:
    """Lines of a map (see ``maps``): land links inside and across borders, sea lanes, ferries."""
    size = draw_from(st.integers(2, 7))
    country = [draw_from(st.sampled_from(COUNTRIES)) for _ in range(size)]
    lines = []
    for _ in range(draw_from(st.integers(1, 10))):
        a, b = draw_from(
            st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda ab: ab[0] != ab[1])
        )
        km = draw_from(st.integers(0, 900))
        sign = draw_from(st.sampled_from("=#-~"))
        ends = f"town{a}({country[a]})", f"town{b}({country[b]})"
        if sign == "~":
            words = draw_from(st.sampled_from(["", " north", " north south", " ferry", " feeder"]))
            lines.append(f"{ends[0]} ~{km}{words}~ {ends[1]}")
            continue
        status = draw_from(st.sampled_from(["", "", "planned", "opened:2030"]))
        if country[a] != country[b]:
            lines.append(f"{ends[0]} {sign}{km}|{sign} {ends[1]} {status}")
        else:
            lines.append(f"{ends[0]} {sign}{km}{sign} {ends[1]} {status}")
    return lines


def maps() -> st.SearchStrategy[Map]:
    """Random maps."""
    return drawn_lines().map(lambda lines: draw("\n".join(lines)))
