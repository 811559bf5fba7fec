"""How a task on a seat can fail. Each crosses a process boundary and stays what it is."""

from media.errors import MediaError


class SeatError(MediaError):
    """A task did not end well; as itself: the function raised something other than MediaError, or its result
    does not pickle. `tail` is for the log (here: the traceback). Always worth another try.
    """

    code = "internal"
    sentence = "Something went wrong inside the server. Try again; if it happens again, its log says why."

    def __init__(self, tail: str = "") -> None:
        super().__init__(type(self).code, type(self).sentence, retryable=True, tail=tail)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.tail,)


class SeatDied(SeatError):
    """The process ended while the function ran: killed, out of memory, a crash in a library."""

    code = "crashed"
    sentence = "The process working on this file stopped, perhaps for want of memory. Try again, or use a smaller file."


class DiskFull(SeatError):
    """A write found no room."""

    code = "disk_full"
    sentence = "The server's disk is full. Delete what is not needed, or ask its operator for room."


class TimedOut(SeatError):
    """The task outlived its time limit and was killed."""

    code = "timed_out"
    sentence = "This took longer than it may. Try again when the server is less busy, or use a shorter video."


class Stalled(SeatError):
    """The task showed no sign of life for the stall limit and was killed."""

    code = "stalled"
    sentence = "Work on this file stopped moving and was ended. Try again, or convert the file to MP4 first."


class PoolClosed(SeatError):
    """The pool is closing: nothing starts any more, and what ran was ended."""

    code = "stopping"
    sentence = "The server is stopping. The work starts again when it is back."
