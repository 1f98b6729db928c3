"""What is counted. Each process counts by itself, and adds what has gathered to the database every few seconds.

So the totals are those of the whole installation, whichever process is asked, and they outlive a restart. A
process that is killed takes at most the last few seconds of its counts with it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

Labels = tuple[tuple[str, str], ...]
Counts = dict[tuple[str, Labels], float]


@dataclass(frozen=True, slots=True)
class Counter:
    """Something that is counted, by these labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def add(self, amount: float = 1.0, **labels: str) -> None:
        """Count it; every label has to be given."""
        TALLY.add(self.name, tuple((label, labels[label]) for label in self.labels), amount)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Something that is measured in seconds. `bounds` are its upper limits; there is one more without a limit."""

    name: str
    help: str
    bounds: tuple[float, ...]

    def observe(self, seconds: float) -> None:
        """Note one measurement."""
        bound = next((f"{bound:g}" for bound in self.bounds if seconds <= bound), "+Inf")
        TALLY.add(f"{self.name}_bucket", (("le", bound),), 1.0)
        TALLY.add(f"{self.name}_sum", (), seconds)


class Tally:
    """What was counted since it was last taken. For any number of threads."""

    def __init__(self) -> None:
        self._counts: Counts = defaultdict(float)
        self._gate = threading.Lock()

    def add(self, name: str, labels: Labels, amount: float) -> None:
        """Count something."""
        with self._gate:
            self._counts[name, labels] += amount

    def take(self) -> Counts:
        """What has gathered; it starts afresh."""
        with self._gate:
            taken, self._counts = self._counts, defaultdict(float)
        return taken

    def give_back(self, counts: Mapping[tuple[str, Labels], float]) -> None:
        """Put back what could not be kept."""
        for (name, labels), amount in counts.items():
            self.add(name, labels, amount)


TALLY = Tally()

DELIVERIES = Counter(
    "clarity_deliveries",
    "Webhook deliveries: accepted, repeated, ignored, refused or failed (503).",
    ("tracker", "outcome"),
)
COMMENTS = Counter("clarity_comments", "Decisions about a ticket's comment, by what was done.", ("action",))
TRACKER_ERRORS = Counter(
    "clarity_tracker_errors",
    "Calls to a tracker that failed, by what follows: the site waits, the ticket waits, it is given up, or what "
    "was asked for is left undone and the rest goes on.",
    ("tracker", "then"),
)
SCORING = Histogram(
    "clarity_scoring_seconds",
    "Time to score one ticket.",
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
COUNTERS = (DELIVERIES, COMMENTS, TRACKER_ERRORS)
HISTOGRAMS = (SCORING,)
