"""Sessions of users."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a session can be continued with, by another process too. Secrets."""

    access_token: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One place where a user is signed in."""

    id: str
    method: str
    ip: str | None
    user_agent: str | None
    created_at: str
    last_used_at: str
    expires_at: str
    current: bool
