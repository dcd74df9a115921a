"""Settings of all tests: properties are judged by their numbers, never by a clock; NumPy keeps to one thread."""

import gc
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the server, and before NumPy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

# The same examples in each run, so that a change is judged by itself; a long run by hand (MANY=20) draws others.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=os.environ.get("MANY", "1") == "1",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")


def pytest_collection_finish() -> None:
    """All modules are there, and stay: collections need not look at them again and again."""
    gc.freeze()
