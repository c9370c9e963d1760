"""Study and date to ordered changes: events in force, presets, quick what-ifs; the grammar of selectors."""
