"""Functions of a KoyaLite project in Python: what their code imports."""

from ._async_ctx import AsyncCtx, AsyncDb, AsyncTransaction
from ._auth import Auth
from ._current import current_ctx
from ._decorator import function
from ._document import Document, etag_of
from ._errors import KoyaError
from ._http import Headers, Request, Response
from ._schema.bounds import Bounds
from ._sync_ctx import Ctx, Db, Transaction

__all__ = [
    "AsyncCtx",
    "AsyncDb",
    "AsyncTransaction",
    "Auth",
    "Bounds",
    "Ctx",
    "Db",
    "Document",
    "Headers",
    "KoyaError",
    "Request",
    "Response",
    "Transaction",
    "current_ctx",
    "etag_of",
    "function",
]
