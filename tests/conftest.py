"""What all tests share."""

import os

import structlog
from hypothesis import HealthCheck, settings

# The same examples every time; HYPOTHESIS_PROFILE=search looks for new ones.
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **QUIET)
settings.register_profile("search", **QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


_configure = structlog.configure


def _configure_uncached(**given):
    """A logger that one test has used must not write to that test's stream, and to nobody else, ever after."""
    _configure(**{**given, "cache_logger_on_first_use": False})


structlog.configure = _configure_uncached


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files anew; read the difference before committing",
    )
