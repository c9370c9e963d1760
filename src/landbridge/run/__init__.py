"""A study opened for questions, runs that write result folders, comparison of runs."""

from landbridge.run.session import Session, open_study

__all__ = ["Session", "open_study"]
