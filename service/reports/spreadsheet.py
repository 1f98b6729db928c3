"""Cells for spreadsheets."""

from __future__ import annotations


def harmless(value: object) -> object:
    """A text that a spreadsheet would run as a formula is one no more."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
