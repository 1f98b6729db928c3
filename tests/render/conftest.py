"""Property tests run the same examples every time; set HYPOTHESIS_PROFILE=search to look for new ones."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("render", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("render-search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("render-search" if os.environ.get("HYPOTHESIS_PROFILE") == "search" else "render")
