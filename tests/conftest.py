"""Settings of all tests: properties are judged by their numbers, never by a clock; NumPy keeps to one thread."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the server, and before NumPy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")
