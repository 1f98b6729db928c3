"""What every page of ours knows: where the others are, and whether what it shows is a sample."""

from __future__ import annotations

from flask import Flask, current_app
from sqlalchemy import select

from service.store import Store
from service.store.schema import about

SAMPLE = "sample"
SAMPLE_DATA = "Sample data: simulated tickets of people who do not exist. Nothing here is yours."


def register(app: Flask, store: Store) -> None:
    """Tell the templates."""
    known: list[bool] = []

    def sample() -> bool:
        # What a database is does not change while it is served.
        if not known:
            with store.reading() as connection:
                known.append(
                    connection.execute(select(about.c.value).where(about.c.name == SAMPLE)).first() is not None
                )
        return known[0]

    app.extensions["sample"] = sample
    app.context_processor(
        lambda: {"sample": sample, "sample_data": SAMPLE_DATA, "pages": lambda: app.view_functions}
    )


def is_sample() -> bool:
    """Whether this application shows a sample."""
    known = current_app.extensions.get("sample")
    return bool(known and known())
