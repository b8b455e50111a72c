"""Shares with what is known of them: counted, and with Wilson's interval."""

from __future__ import annotations

from math import sqrt
from typing import Any

_Z = 1.959964
"""Standard deviations on either side that hold 95 %."""


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (E. B. Wilson, 1927); nothing was counted: anything is possible."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = count / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def share(count: int, of: int) -> dict[str, Any]:
    """So many of so many, as a share (None of nothing) with the ends of its interval."""
    low, high = wilson(count, of)
    part = round(count / of, 4) if of else None
    return {"count": count, "of": of, "share": part, "low": round(low, 4), "high": round(high, 4)}
