"""What a job raises about its own future."""

from __future__ import annotations

from ._durations import Duration, milliseconds


class Retry(Exception):
    """Has the job run again: ``raise Retry(after="10m")``. It counts as an error, as any
    other that a job raises.
    """

    def __init__(
        self,
        message: str = "The job asks to be run again.",
        *,
        after: Duration | None = None,
    ) -> None:
        """
        Args:
            message: For operators.
            after: When it runs again; by default, when its back-off says.
        """
        super().__init__(message)
        #: Milliseconds.
        self.after = None if after is None else milliseconds(after)


class Abort(Exception):
    """Gives the job up at once: ``raise Abort("the account is closed")``. It is not run
    again.
    """
