"""Property tests judge values, never the clock: a slow machine fails nothing."""

from hypothesis import settings

settings.register_profile("deskcal", deadline=None)
settings.load_profile("deskcal")
