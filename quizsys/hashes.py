"""How far the SHA-256 of each upload has come, so that a large file need not be read again once it is whole."""

from quizsys.sink import Hasher, NoHash, new_sha256

MOST = 1000


class Hashes:
    """In memory: after a restart, or for what was not hashed as it came, there is none."""

    def __init__(self) -> None:
        self._far: dict[str, tuple[int, Hasher]] = {}

    def take(self, upload_id: str, size_bytes: int) -> Hasher:
        """The one over exactly the bytes that are there, to go on with."""
        hashed_bytes, hasher = self._far.pop(upload_id, (0, new_sha256()))
        return hasher if hashed_bytes == size_bytes else NoHash()

    def put(self, upload_id: str, size_bytes: int, hasher: Hasher) -> None:
        """Back, when all those bytes have gone through it."""
        if isinstance(hasher, NoHash):
            return
        self._far[upload_id] = (size_bytes, hasher)
        if len(self._far) > MOST:
            del self._far[next(iter(self._far))]

    def end(self, upload_id: str, size_bytes: int) -> str | None:
        """In hex, if it has come so far."""
        return self.take(upload_id, size_bytes).digest().hex() or None
