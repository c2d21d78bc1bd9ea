"""How every test runs: the same examples each time, more of them with ./portal test --full."""

import os

from hypothesis import settings

FULL = os.environ.get("PORTAL_TEST_FULL") == "1"

# Seeded, so that a failure seen once is seen again, on any machine. A run of one minute on a busy core is no failure.
settings.register_profile("default", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("full", derandomize=True, deadline=None, max_examples=2000)
settings.load_profile("full" if FULL else "default")
