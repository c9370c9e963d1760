"""The shipped sea graph and ports, loaded once for the tests of sea lanes."""

from functools import cache

from landbridge.network.sea import SeaAccess, SeaGraph, SeaPort, load_sea_graph, load_sea_ports


@cache
def graph() -> SeaGraph:
    return load_sea_graph()


@cache
def ports() -> dict[str, SeaPort]:
    return load_sea_ports(graph())


def access(locode: str) -> SeaAccess:
    found = ports()[locode].access
    assert found is not None, locode
    return found


def accesses(*locodes: str) -> dict[str, SeaAccess]:
    return {code: access(code) for code in locodes}
