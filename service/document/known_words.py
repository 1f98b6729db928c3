"""What is remembered of words between batches: enough to be quick, never more.

Inside a memory zone spaCy's tokenizer remembers nothing, and takes "don't" apart anew each time. A word that comes
again is therefore shown to it outside, where it keeps it; what comes once, such as an identifier, dies with its
zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

KNOWN = 10_000
"""Words kept: as many as the tokenizer keeps."""
ONCE = 20_000
LEMMAS = 20_000


class KnownWords:
    """The words of a pipeline that have come more than once."""

    def __init__(self, nlp: Language) -> None:
        self._tokenizer = nlp.tokenizer
        self._known: set[str] = set()
        self._once: set[str] = set()

    def meet(self, texts: Iterable[str]) -> None:
        """Keep the words of these texts that came before. Not inside a memory zone."""
        if len(self._known) >= KNOWN:
            return
        new = {word for text in texts for word in text.split()} - self._known
        again = new & self._once
        for word in again:  # one by one: of a text it keeps nothing behind the first special case, such as "don't"
            self._tokenizer(word)
        self._known |= again
        if len(self._once) >= ONCE:
            self._once.clear()
        self._once |= new
        self._once -= again


class Bounded(dict[Any, Any]):
    """A cache that begins afresh when it is full."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: object, value: object) -> None:
        if len(self) >= self._most:
            self.clear()
        super().__setitem__(key, value)
