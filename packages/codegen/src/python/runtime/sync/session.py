"""Who calls: a given token, or a session that ``auth`` has opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ..connections import result
from ..options import Token
from ..tokens import Tokens

#: Exchanges a refresh token for new tokens; None: the session has ended.
Refresh = Callable[[str], Tokens | None]


class Session:
    """The token of each request, and a new one when it was refused."""

    def __init__(
        self,
        given: Token | None,
        refreshing: Callable[[], AbstractContextManager[Any]],
    ) -> None:
        self._given = given
        self._refreshing = refreshing
        self.tokens: Tokens | None = None
        self.refresh: Refresh | None = None

    def bearer(self) -> str | None:
        """The token for a request; None: nobody's."""
        if self.tokens is not None:
            return self.tokens.access_token
        return result(self._given()) if callable(self._given) else self._given

    def renewed(self, refused: str) -> str | None:
        """Another token than the one that was refused; None if there is none.

        However many ask at once, the session is refreshed once.
        """
        if self._current() is None:
            token = self.bearer() if callable(self._given) else None
            return None if token == refused else token
        with self._refreshing():
            tokens = self._current()
            if tokens is None or self.refresh is None:
                return None
            if tokens.access_token != refused:
                return tokens.access_token
            self.tokens = self.refresh(tokens.refresh_token)
            return None if self.tokens is None else self.tokens.access_token

    def _current(self) -> Tokens | None:
        """Another thread or task may have signed out, or in, at any time."""
        return self.tokens
