"""What suits a learner's own examples, until they say otherwise: layers, output and loss, batches, scaling, a share for
testing.
"""

import numpy as np

from app.engine.data.split import Data
from app.engine.network.arrays import Array
from app.engine.setup import Setup

FAR = 4.0  # numbers beyond are scaled: sums of them saturate units, and gradients grow with them
FEW, BATCH = 20, 10  # so few examples are taken all at once; else in batches
TESTED, ENOUGH = 0.2, 40  # the share that is kept for testing where there are so many examples
SMALL, LARGER = 4, 6  # hidden units


def is_far(numbers: Array) -> bool:
    """Whether any of these numbers, NaN aside, lies far from 0."""
    return bool(np.nanmax(np.abs(numbers), initial=0.0) > FAR)


def suited_to(data: Data) -> Setup:
    """A setup for examples that a learner gives, of which only values, names and what mends them are known.

    SetupError where no network can learn from them.
    """
    X, Y = data.source.draw()
    inputs, outputs, measures = X.shape[1], Y.shape[1], not np.isin(Y, (0.0, 1.0)).all()
    scale_targets = measures and is_far(Y)
    scaled = is_far(X) or scale_targets
    whole = Data(
        data.source,
        "standard" if scaled else "none",
        scale_targets=scale_targets,
        test_share=TESTED if len(X) >= ENOUGH else 0.0,
        columns=data.columns,
        names=data.names,
        missing=data.missing,
    )
    units = SMALL if inputs <= SMALL and outputs == 1 else LARGER
    few = len(X) <= FEW
    size, seed = (None, None) if few else (BATCH, 0)
    return Setup((inputs, units, outputs), whole, batch_size=size, shuffle_seed=seed).completed()
