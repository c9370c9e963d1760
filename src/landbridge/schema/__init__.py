"""Words, units, table shapes and errors that every other part speaks."""
