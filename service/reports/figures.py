"""Medians and shares, exact, from how often each number occurs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Z = 1.96  # 95 %
SMALL = 2_000
"""Below, numbers are counted without being sorted, which is several times as fast."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Numbers in order, and how often each occurs."""

    numbers: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]

    @classmethod
    def of(cls, packed: Iterable[bytes]) -> Histogram:
        """What several packed histograms come to together."""
        pairs = np.frombuffer(b"".join(packed), dtype="<u4").reshape(-1, 2).astype(np.int64)
        if len(pairs) and pairs[:, 0].max() < SMALL:
            times = np.bincount(pairs[:, 0], weights=pairs[:, 1]).astype(np.int64)
            return cls(np.flatnonzero(times), times[times > 0])
        numbers, where = np.unique(pairs[:, 0], return_inverse=True)
        return cls(numbers, np.bincount(where, weights=pairs[:, 1], minlength=len(numbers)).astype(np.int64))

    @classmethod
    def joined(cls, parts: Iterable[Histogram]) -> Histogram:
        """What several histograms come to together."""
        return cls.of(part.packed for part in parts)

    @property
    def packed(self) -> bytes:
        """The pairs as they are kept."""
        return np.column_stack([self.numbers, self.times]).astype("<u4").tobytes()

    @property
    def total(self) -> int:
        """How many there are."""
        return int(self.times.sum())

    def quantile(self, share: float) -> float | None:
        """The number below which so much lies, between two numbers in proportion; None of nothing."""
        if not self.total:
            return None
        place = share * (self.total - 1)
        low, ends = int(place), np.cumsum(self.times)
        below, above = (
            self.numbers[np.searchsorted(ends, at, side="right")] for at in (low, min(low + 1, self.total - 1))
        )
        return float(below + (place - low) * (above - below))

    @property
    def median(self) -> float | None:
        """The number in the middle."""
        return self.quantile(0.5)

    def count(self, first: int, last: int) -> int:
        """How many lie within, both ends included."""
        return int(self.times[(self.numbers >= first) & (self.numbers <= last)].sum())

    def as_dict(self) -> Mapping[int, int]:
        """How often each number occurs."""
        return dict(zip(self.numbers.tolist(), self.times.tolist(), strict=True))


NOTHING = Histogram(np.array([], dtype=np.int64), np.array([], dtype=np.int64))


def interval(part: int, whole: int) -> tuple[float, float]:
    """Between which shares the true one lies, 19 times of 20 (Wilson). (0, 1) of nothing."""
    if not whole:
        return 0.0, 1.0
    share, n = part / whole, float(whole)
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
