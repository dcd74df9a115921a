"""The rows of a formula as its lines."""

from collections.abc import Sequence

from app.views.formulas.mathml import Row


def lines(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that belong together: what goes on below its line starts with + or −."""
    found: list[list[Row]] = []
    for row in rows:
        if row.sign in ("+", "−"):
            found[-1].append(row)
        else:
            found.append([row])
    return found
