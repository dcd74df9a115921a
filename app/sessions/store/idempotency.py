"""The last requests that moved a session, by their keys: one that is sent again is not done again."""

from hashlib import blake2b

KEPT = 16

Operations = tuple[str, ...]  # "key=revision", the oldest first


def operation_key(name: str, address: str, body: bytes) -> str:
    """One key for one click: the same only where name, address and body are. Empty where there is no name."""
    if not name:
        return ""
    return blake2b(f"{name}\n{address}\n".encode() + body, digest_size=9).hexdigest()


def with_operation(operations: Operations, key: str, rev: int) -> Operations:
    """With one more, which led to `rev`; only the last 16 are kept."""
    return (*operations[1 - KEPT :], f"{key}={rev}") if key else operations


def led_to(operations: Operations, key: str) -> int | None:
    """The revision that the request of this key led to; None where it was not done, or long ago."""
    if key:
        for operation in operations:
            if operation.startswith(f"{key}="):
                return int(operation[len(key) + 1 :])
    return None
