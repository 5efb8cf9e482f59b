"""Webhooks of others: Standard Webhooks (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Mapping, Sequence

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def verify_webhook(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str | Sequence[str] | None,
    *,
    tolerance: float = 300,
    now: float | None = None,
) -> bool:
    """Whether a request is a webhook that was signed with a secret of yours.

    False for everything else, whatever is wrong with it; it never raises. Verify
    before you parse, and remember ``webhook-id``: an event may come more than once.

    ``body`` is the bytes as they came, ``headers`` are by lower-case name, ``secret``
    is ``whsec_…``, or several while it is rotated. ``tolerance`` is how far the clocks
    of sender and receiver may differ, in seconds, ``now`` a time in seconds.
    """
    try:
        message_id = headers.get("webhook-id")
        timestamp = headers.get("webhook-timestamp")
        signatures = headers.get("webhook-signature")
        if not message_id or not timestamp or not signatures:
            return False
        if not _TIMESTAMP.fullmatch(timestamp):
            return False
        at = time.time() if now is None else now
        # Written so that what is not a number is false.
        if not abs(at - int(timestamp)) <= tolerance:
            return False
        content = body.encode() if isinstance(body, str) else bytes(body)
        signed = f"{message_id}.{timestamp}.".encode() + content
        secrets = [secret] if isinstance(secret, str) else list(secret or [])
        given = [one.encode() for one in signatures.split(" ")]
        for key in map(_key_of, secrets):
            if key is None:
                continue
            digest = hmac.new(key, signed, hashlib.sha256).digest()
            expected = b"v1," + base64.b64encode(digest)
            if any(hmac.compare_digest(one, expected) for one in given):
                return True
        return False
    except Exception:
        # Of values that no type allows.
        return False


def _key_of(secret: str) -> bytes | None:
    """None for what is not base64, or nothing: an empty key accepts what anybody signs."""
    text = secret[len("whsec_") :] if secret.startswith("whsec_") else secret
    bare = text.rstrip("=")
    if not _BASE64.fullmatch(text) or len(bare) % 4 == 1:
        return None
    return base64.b64decode(bare + "=" * (-len(bare) % 4))
