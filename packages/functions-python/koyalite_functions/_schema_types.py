"""The collections of the project. `koyalite generate` writes a file of types beside it
(``_schema_types.pyi``), by which editors and mypy know each of them.
"""

from __future__ import annotations

from ._async_db import AsyncCollections
from ._sync_db import Collections


class DbCollections(Collections):
    """Of ``ctx.db``."""


class TransactionCollections(Collections):
    """Of a transaction."""


class AsyncDbCollections(AsyncCollections):
    """Of ``ctx.db`` in an ``async def``."""


class AsyncTransactionCollections(AsyncCollections):
    """Of a transaction in an ``async def``."""
