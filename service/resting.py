"""Whether a ticket's author is still writing: it is saved again and again until they are done. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edits:
    """When a ticket was last saved, and when the first save came in that is not answered, as known `at` a time.

    Seconds since the epoch, by one clock; 0 for what never was. A tracker's own clock may have told `saved`.
    """

    at: float = 0.0
    saved: float = 0.0
    unanswered: float = 0.0

    def writing_until(self, debounce: float, max_wait: float) -> float:
        """When the author will have stopped, or have been waited for long enough; 0 if that is so already.

        They have stopped once nothing was saved for `debounce` seconds, and are waited for at most `max_wait`.
        """
        # A save that is to come by more than that tells of a clock that was set back, and of nobody who writes.
        if not self.saved or self.saved - self.at >= debounce:
            return 0.0
        until = min(self.saved + debounce, self.latest(max_wait))
        return until if self.at < until else 0.0

    def latest(self, max_wait: float) -> float:
        """When the author will have been waited for long enough, however often the ticket is saved until then."""
        return (self.unanswered or self.saved) + max_wait

    @property
    def in_words(self) -> str:
        """Why nothing is said while they write."""
        ago = max(0, round(self.at - self.saved))
        return f"the author is still writing; last edit {ago} {'second' if ago == 1 else 'seconds'} ago"


NO_EDITS = Edits()
