"""A network as a small drawing without numbers, for the card of a lesson or a walk."""

from dataclasses import dataclass
from itertools import pairwise, product

from app.views.network.scales import place

WIDTH, HEIGHT, RADIUS, MARGIN = 168.0, 96.0, 7.0, 14.0
CLOSEST = 26.0  # units of a column stand no farther apart than this


@dataclass(frozen=True)
class Thumbnail:
    """Lines as one path, units as (x, y)."""

    title: str
    view_box: str
    lines: str
    units: tuple[tuple[str, str], ...]
    radius: str


def thumbnail(sizes: tuple[int, ...], most_units: int | None = None) -> Thumbnail:
    """The drawing of a network of these sizes; of no layer more than so many units."""
    drawn = sizes if most_units is None else [min(size, most_units) for size in sizes]
    room, most = HEIGHT - 2 * MARGIN, max(max(drawn) - 1, 1)
    apart = min(CLOSEST, room / most)
    columns = [
        [
            (MARGIN + (WIDTH - 2 * MARGIN) * l / (len(sizes) - 1), HEIGHT / 2 + (j - (size - 1) / 2) * apart)
            for j in range(size)
        ]
        for l, size in enumerate(drawn)
    ]
    pairs = (pair for left, right in pairwise(columns) for pair in product(left, right))
    lines = "".join(f"M{place(a)} {place(b)}L{place(c)} {place(d)}" for (a, b), (c, d) in pairs)
    units = tuple((place(x), place(y)) for column in columns for x, y in column)
    name = f"A {'–'.join(map(str, sizes))} network"
    return Thumbnail(name, f"0 0 {WIDTH:g} {HEIGHT:g}", lines, units, place(min(RADIUS, room / most * 0.4)))
