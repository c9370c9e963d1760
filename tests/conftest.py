"""Makes ``maps`` importable from every folder of tests, and draws the same examples in every run."""

from hypothesis import settings

settings.register_profile("landbridge", derandomize=True, deadline=None)
settings.load_profile("landbridge")
