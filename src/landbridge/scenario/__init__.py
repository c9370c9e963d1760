"""Study and date to ordered changes: events in force, presets, quick what-ifs; the grammar of selectors."""

from landbridge.scenario.changes import Change, Exemption, Resolved, Selector
from landbridge.scenario.events import Event, EventRow, events, events_in_force, newest_day
from landbridge.scenario.scenario import Scenario, day_of, load_scenario, preset_ids, presets, resolve
from landbridge.scenario.selector import FIELDS, Namer, field_of, parse_selector

__all__ = [
    "FIELDS",
    "Change",
    "Event",
    "EventRow",
    "Exemption",
    "Namer",
    "Resolved",
    "Scenario",
    "Selector",
    "day_of",
    "events",
    "events_in_force",
    "field_of",
    "load_scenario",
    "newest_day",
    "parse_selector",
    "preset_ids",
    "presets",
    "resolve",
]
