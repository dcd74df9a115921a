"""The code that a phone's camera reads: squares of one path, one unit each."""

from dataclasses import dataclass

import segno

QUIET = 2  # squares of margin: the card around it is as bright


@dataclass(frozen=True)
class Qr:
    """A path in a square box of `size` units, and the address that it stands for."""

    address: str
    d: str
    size: int


def qr(address: str) -> Qr:
    """The QR code of an address."""
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            runs.append(f"M{start + QUIET} {y + QUIET}h{x - start}v1h-{x - start}z")
    return Qr(address, "".join(runs), len(rows) + 2 * QUIET)
