"""Wait in the terminal for a tracker's first delivery."""

from __future__ import annotations

import os
import time

from service.settings import SettingsError, load

PAUSE = 0.5


def wait_for_delivery(tracker: str, site: str, seconds: float) -> bool:
    """Whether the service, wherever it runs, takes a delivery from this site meanwhile.

    Raises SettingsError where its database cannot be looked into.
    """
    from service.store import Store, StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store.hearing import heard  # noqa: PLC0415

    store, end = Store.of(load(os.environ)), time.monotonic() + seconds

    def count() -> int:
        with store.reading() as connection:
            return heard(connection, tracker, site)[0]

    try:
        before = count()
        while time.monotonic() < end:
            time.sleep(min(PAUSE, seconds))
            if count() > before:
                return True
    except StoreUnavailable as error:
        raise SettingsError(f"{error}. Is the service running with these settings?") from None
    finally:
        store.close()
    return False
