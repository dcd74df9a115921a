"""Whether a point lies inside of a path of moves and steps (M, l, z), by the even-odd rule."""

import re

PART = re.compile(r"M(-?\d+) (-?\d+)l((?:[ -]?\d+)*)z?")
NUMBER = re.compile(r"-?\d+")
Point = tuple[float, float]


def rings(d: str) -> list[list[Point]]:
    """The corners of each ring or line of a path."""
    found = []
    for x, y, steps in PART.findall(d):
        at = [int(x), int(y)]
        ring: list[Point] = [(at[0], at[1])]
        numbers = [int(number) for number in NUMBER.findall(steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            at = [at[0] + dx, at[1] + dy]
            ring.append((at[0], at[1]))
        found.append(ring)
    return found


def is_inside(d: str, point: Point) -> bool:
    """A ray from the point to the right crosses the rings of the path an odd number of times."""
    return sum(crossings(ring, point) for ring in rings(d)) % 2 == 1


def crossings(ring: list[Point], point: Point) -> int:
    x, y = point
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum((ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay) for (ax, ay), (bx, by) in pairs)
