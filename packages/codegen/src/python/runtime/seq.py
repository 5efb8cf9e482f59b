"""Positions in the server's history: ``epoch.n``."""

from __future__ import annotations

from typing import Literal


def compare_seq(a: str, b: str) -> Literal[-1, 0, 1] | None:
    """Which of two positions is later; None where they are of different epochs."""
    epoch_a, _, number_a = a.rpartition(".")
    epoch_b, _, number_b = b.rpartition(".")
    if epoch_a != epoch_b or not (number_a.isdecimal() and number_b.isdecimal()):
        return None
    x, y = int(number_a), int(number_b)
    return 0 if x == y else -1 if x < y else 1


def later(known: str | None, new: str | None) -> str | None:
    """The later of two; of another epoch the new one."""
    if known is None or new is None:
        return new or known
    return known if compare_seq(new, known) == -1 else new
