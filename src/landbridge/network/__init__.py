"""Facts to frozen topology: nodes, arcs, crossings and terminals; the gazetteer; the quality report."""
