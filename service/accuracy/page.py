"""Parts of a page that are made by a command, between two marks."""

from __future__ import annotations

import re


class MarksError(Exception):
    """The page has no place for what was made."""


def put(page: str, name: str, text: str) -> str:
    """The page with the text between `<!-- NAME: … -->` and `<!-- /NAME -->`. Raises MarksError."""
    place = _place(page, name)
    return f"{page[: place.start('made')]}\n{text}\n\n{page[place.end('made') :]}"


def made(page: str, name: str) -> str:
    """What stands there now. Raises MarksError."""
    return _place(page, name)["made"].strip("\n")


def _place(page: str, name: str) -> re.Match[str]:
    place = re.search(rf"<!-- {name}: [^\n]*-->\n(?P<made>.*?)<!-- /{name} -->", page, re.DOTALL)
    if place is None:
        raise MarksError(f"the marks <!-- {name}: … --> and <!-- /{name} --> are absent. Put them in first.")
    return place
