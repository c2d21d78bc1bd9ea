"""What the list of participants costs with 1,000 and with 100,000 of them, beside a bare signed-in page.

    ./portal bench

Each page is asked for through all middleware, in this process; the middle of the times counts. Exit code 1 when a list
with 100,000 costs more than 1.5 times what it costs with 1,000.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import time
from pathlib import Path

import django
import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DATABASE_SUPERUSER_URL", os.environ["DATABASE_OWNER_URL"])
django.setup()
logging.disable(logging.CRITICAL)

from django.test import Client  # noqa: E402

from tests.factories import SiteFactory, person  # noqa: E402

FEW, MANY, MOST = 1_000, 100_000, 1.5
TIMES = 25
BARE = "/password/"
PAGES = {
    "list, newest": "/participants/",
    "list, oldest": "/participants/?sort=number",
    "list, consented": "/participants/?status=consented",
    "list, men": "/participants/?sex=male",
    "list, number begins": "/participants/?number=S-01-00",
    "list, one number": "/participants/?number=S-01-0077",
    "list, nothing found": "/participants/?number=S-01-X",
}
REGISTERED = """
    INSERT INTO participants_participant (site_id, number, sex_at_birth, birth_year, status, registered_by_id)
    SELECT %(site)s, 'S-01-' || lpad(n::text, greatest(4, length(n::text)), '0'),
           CASE WHEN n %% 3 = 0 THEN 'male' ELSE 'female' END, 1945 + n %% 60,
           CASE WHEN n %% 2 = 0 THEN 'consented' ELSE 'registered' END, %(by)s
    FROM generate_series(%(first)s, %(last)s) n
"""


def register(site: int, by: int, first: int, last: int) -> None:
    """Put participants ``first`` to ``last`` into the table, as the owner, ledger and all."""
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(REGISTERED, {"site": site, "by": by, "first": first, "last": last})
        cursor.execute("VACUUM ANALYZE participants_participant")
    connection.close()


def cost(client: Client, address: str) -> float:
    """Milliseconds of one page: the middle of many."""
    taken = []
    for _again in range(TIMES):
        started = time.perf_counter()
        response = client.get(address)
        taken.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200, (address, response.status_code)
    return statistics.median(taken)


def main() -> int:
    """Measure, print a table, judge."""
    site = SiteFactory(code="01")
    by = person("coordinator", site)
    client = Client()
    client.force_login(by, backend="trial_portal.accounts.backend.PortalBackend")
    measured: dict[int, dict[str, float]] = {}
    first = 1
    for last in (FEW, MANY):
        register(site.pk, by.pk, first, last)
        first = last + 1
        cost(client, BARE)
        measured[last] = {name: cost(client, address) for name, address in PAGES.items()}
        measured[last]["bare page"] = cost(client, BARE)
    dear = []
    print(f"{'':24}{FEW:>12,}{MANY:>12,}  times")
    for name in ("bare page", *PAGES):
        few, many = measured[FEW][name], measured[MANY][name]
        print(f"{name:24}{few:9.1f} ms{many:9.1f} ms{many / few:7.2f}")
        if name in PAGES and many > MOST * few:
            dear.append(name)
    if dear:
        print(f"Dearer than {MOST} times: {', '.join(dear)}.")
    return 1 if dear else 0


if __name__ == "__main__":
    sys.exit(main())
