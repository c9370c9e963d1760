"""Results as people read them: terminal, HTML report, map, charts, workbook. Views choose and format; they compute
nothing."""
