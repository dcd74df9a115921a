"""Settings of all tests: properties are judged by their numbers, never by a clock."""

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
