"""Readers and writers of outside formats, and files written whole or not at all."""
