"""Converters from domain values to HTTP output types."""
