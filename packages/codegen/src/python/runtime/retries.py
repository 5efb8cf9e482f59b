"""Which failed calls are made again, and when."""

from __future__ import annotations

import random

from .errors import KoyaliteError

#: Seconds for all tries of a call together.
TOTAL = 60.0
#: Seconds: a server that asks for more is not waited for.
LONGEST_RETRY_AFTER = 10.0


def wait_before_retry(error: KoyaliteError, tries: int) -> float | None:
    """Seconds until a call is made again; None where that would not help.

    ``tries`` counts from 0.
    """
    if not _may_pass(error):
        return None
    after = error.retry_after or 0.0
    if after > LONGEST_RETRY_AFTER:
        return None
    return max(after, backoff(tries, first=0.1))


def backoff(tries: int, *, first: float, longest: float = 30.0) -> float:
    """Seconds, twice as many each time, give or take a half: who is cut off together
    does not come back together.
    """
    return min(longest, first * 2.0 ** min(tries, 20)) * random.uniform(0.5, 1.5)


def _may_pass(error: KoyaliteError) -> bool:
    if error.status == 429:
        return error.retry_after is not None
    if error.status in (502, 503, 504):
        return error.code in ("UNAVAILABLE", "UNEXPECTED_RESPONSE")
    return error.code == "NETWORK"
