"""What generated code uses."""

from .aio.auth import AsyncAuth
from .aio.batch import AsyncBatch
from .aio.client import AsyncClient
from .aio.collection import AsyncCollection
from .aio.functions import AsyncFunctions
from .aio.live import AsyncLive
from .aio.query import AsyncQuery
from .documents import CollectionInfo, Document, Kind, Relation, to_dict
from .errors import (
    ConflictError,
    ErrorDetail,
    ForbiddenError,
    InvalidRequestError,
    KoyaliteError,
    MfaRequiredError,
    NetworkError,
    NotExpandedError,
    NotFoundError,
    NotLoadedError,
    PreconditionFailedError,
    RateLimitedError,
    RequestTimeoutError,
    ServerError,
    UnauthenticatedError,
    UnavailableError,
    ValidationError,
    VerificationRequiredError,
)
from .filters import (
    BlobFilter,
    BoolFilter,
    DateFilter,
    DatetimeFilter,
    FloatFilter,
    FloatIncrement,
    IntFilter,
    IntIncrement,
    PathFilter,
    TextFilter,
    path,
)
from .live_state import LiveStatus, Snapshot
from .pages import Page
from .query_state import Q, QueryBuilder, QueryState
from .seq import compare_seq
from .sync.auth import Auth
from .sync.batch import Batch
from .sync.client import Client
from .sync.collection import Collection
from .sync.functions import Functions
from .sync.live import Live
from .sync.query import Query
from .tokens import SessionInfo, Tokens
from .transaction import BatchCollections, CollectionBatch, Pending, ResultKey, Written
from .values import to_json

__all__ = [
    "AsyncAuth",
    "AsyncBatch",
    "AsyncClient",
    "AsyncCollection",
    "AsyncFunctions",
    "AsyncLive",
    "AsyncQuery",
    "Auth",
    "Batch",
    "BatchCollections",
    "BlobFilter",
    "BoolFilter",
    "Client",
    "Collection",
    "CollectionBatch",
    "CollectionInfo",
    "ConflictError",
    "DateFilter",
    "DatetimeFilter",
    "Document",
    "ErrorDetail",
    "FloatFilter",
    "FloatIncrement",
    "ForbiddenError",
    "Functions",
    "IntFilter",
    "IntIncrement",
    "InvalidRequestError",
    "Kind",
    "KoyaliteError",
    "Live",
    "LiveStatus",
    "MfaRequiredError",
    "NetworkError",
    "NotExpandedError",
    "NotFoundError",
    "NotLoadedError",
    "Page",
    "PathFilter",
    "Pending",
    "PreconditionFailedError",
    "Q",
    "Query",
    "QueryBuilder",
    "QueryState",
    "RateLimitedError",
    "Relation",
    "RequestTimeoutError",
    "ResultKey",
    "ServerError",
    "SessionInfo",
    "Snapshot",
    "TextFilter",
    "Tokens",
    "UnauthenticatedError",
    "UnavailableError",
    "ValidationError",
    "VerificationRequiredError",
    "Written",
    "compare_seq",
    "path",
    "to_dict",
    "to_json",
]
