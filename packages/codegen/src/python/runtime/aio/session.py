"""Who calls: a given token, or a session that ``auth`` has opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from ..connections import async_result
from ..options import AsyncToken
from ..tokens import Tokens

#: Exchanges a refresh token for new tokens; None: the session has ended.
AsyncRefresh = Callable[[str], Awaitable[Tokens | None]]


class AsyncSession:
    """The token of each request, and a new one when it was refused."""

    def __init__(
        self,
        given: AsyncToken | None,
        refreshing: Callable[[], AbstractAsyncContextManager[Any]],
    ) -> None:
        self._given = given
        self._refreshing = refreshing
        self.tokens: Tokens | None = None
        self.refresh: AsyncRefresh | None = None

    async def bearer(self) -> str | None:
        """The token for a request; None: nobody's."""
        if self.tokens is not None:
            return self.tokens.access_token
        return (
            await async_result(self._given()) if callable(self._given) else self._given
        )

    async def renewed(self, refused: str) -> str | None:
        """Another token than the one that was refused; None if there is none.

        However many ask at once, the session is refreshed once.
        """
        if self._current() is None:
            token = await self.bearer() if callable(self._given) else None
            return None if token == refused else token
        async with self._refreshing():
            tokens = self._current()
            if tokens is None or self.refresh is None:
                return None
            if tokens.access_token != refused:
                return tokens.access_token
            self.tokens = await self.refresh(tokens.refresh_token)
            return None if self.tokens is None else self.tokens.access_token

    def _current(self) -> Tokens | None:
        """Another thread or task may have signed out, or in, at any time."""
        return self.tokens
