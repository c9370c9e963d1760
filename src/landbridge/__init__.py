"""Landbridge."""
