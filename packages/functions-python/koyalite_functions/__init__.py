"""Functions of a KoyaLite project in Python: what their code imports."""

from ._async_ctx import AsyncCtx, AsyncDb, AsyncTransaction
from ._auth import Auth
from ._current import current_ctx
from ._decorator import function
from ._document import Document, etag_of
from ._errors import KoyaError
from ._events import AsyncEvents, Event, Events
from ._http import Headers, Request, Response
from ._job import AsyncJob, Job
from ._job_errors import Abort, Retry
from ._mail import AsyncMail, Attachment, Mail
from ._queue import AsyncQueue, PushedJob, Queue
from ._schema.bounds import Bounds
from ._sync_ctx import Ctx, Db, Transaction
from ._webhooks import verify_webhook

__all__ = [
    "Abort",
    "AsyncCtx",
    "AsyncDb",
    "AsyncEvents",
    "AsyncJob",
    "AsyncMail",
    "AsyncQueue",
    "AsyncTransaction",
    "Attachment",
    "Auth",
    "Bounds",
    "Ctx",
    "Db",
    "Document",
    "Event",
    "Events",
    "Headers",
    "Job",
    "KoyaError",
    "Mail",
    "PushedJob",
    "Queue",
    "Request",
    "Response",
    "Retry",
    "Transaction",
    "current_ctx",
    "etag_of",
    "function",
    "verify_webhook",
]
