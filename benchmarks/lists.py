"""What the review list and the logs cost with 1,000 and with 100,000 participants, and what saving one card takes.

    ./portal bench

Each page is asked for through all middleware, in this process, beside a bare signed-in page: by turns in a small and a
large database, made for it and dropped, and the shortest of the times counts, so that what else this machine does falls
on both alike. Exit code 1 when a list costs more than 1.5 times as much in the large one.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SUPERUSER = os.environ["DATABASE_SUPERUSER_URL"]
URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

FEW, MANY, MOST = 1_000, 100_000, 1.5
ROUNDS, TIMES = 5, 6
SCRATCH = {FEW: "portal_lists_few", MANY: "portal_lists_many"}
BARE = "/password/"
JUDGED = {
    "review list": "/review/",
    "screening log": "/logs/screening/",
    "enrollment log": "/logs/enrollment/",
    "participants list": "/participants/",
}
"""First pages, which have to stay flat."""

SHOWN = {
    "home": "/",
    "screening log, failures": "/logs/screening/?status=screen_failure",
    "screening log, by number": "/logs/screening/?sort=number",
    "screening log, as of": "/logs/screening/?as_of=2026-10-20",
    "screening log, one criterion": "/logs/screening/?criterion={criterion}",
    "flow": "/flow/",
}
"""Told beside them: what a choice or a count of everybody costs."""

PEOPLE = """
    INSERT INTO participants_participant (id, site_id, number, sex_at_birth, birth_year, status, registered_by_id,
                                          registered_at, changed_at)
    SELECT n, %(site)s, 'S-01-' || lpad(n::text, greatest(4, length(n::text)), '0'), 'female', 1945 + n %% 60,
           'consented', %(by)s, {then}, {then} FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO participants_participantstep (participant_id, action, source, target, by_id, reason, event_date,
                                              recorded_at)
    SELECT n, 'record_consent', '', 'consented', %(by)s, '', {then}::date, {then}
    FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO participants_consent (participant_id, version_id, signed_on, signed_by, held_by_id, copy_given,
                                      version_valid, recorded_by_id, recorded_at, struck_reason)
    SELECT n, %(version)s, {then}::date, 'patient', %(by)s, true, true, %(by)s, {then}, ''
    FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO screening_screeningrecord (id, participant_id, attempt, screening_date, protocol_label,
                                           protocol_digest, status, answers, revision, subject, decided, opened_by_id,
                                           opened_at, changed_at, waiting_since)
    SELECT n, n, 1, {then}::date, %(label)s, %(digest)s, {status}, '{{}}', 1, 'pending', 18, %(by)s, {then}, {then},
           CASE WHEN {status} = 'submitted' THEN {then} END FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO screening_criterionoutcome (record_id, criterion, outcome, mark)
    SELECT n, c, 'met', CASE WHEN n %% 3 = 0 THEN 'open' ELSE 'ok' END
    FROM generate_series(%(first)s, %(last)s) n, unnest(%(criteria)s) c;
    INSERT INTO screening_screeningstep (record_id, action, source, target, by_id, code, reason, event_date,
                                         recorded_at)
    SELECT n, 'open', '', 'in_progress', %(by)s, '', '', {then}::date, {then}
    FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO screening_screeningstep (record_id, action, source, target, by_id, code, reason, event_date,
                                         recorded_at)
    SELECT n, '-', 'in_progress', {status}, %(by)s, CASE WHEN {status} = 'discontinued' THEN 'lost' ELSE '' END, '',
           {then}::date, {then} + interval '1 hour' FROM generate_series(%(first)s, %(last)s) n
    WHERE {status} <> 'in_progress';
    INSERT INTO screening_evaluation (id, record_id, kind, items, results, subject, age, birth_date_digest,
                                      protocol_label, protocol_digest, configuration_digest, engine_digest, digest,
                                      by_id, at)
    SELECT n, n, CASE WHEN {status} = 'submitted' THEN 'submitted' ELSE 'signed' END, '{{}}',
           jsonb_build_object('criteria', jsonb_build_object(%(failing)s,
               jsonb_build_object('outcome', CASE WHEN {status} = 'screen_failure' THEN 'met' ELSE 'not_met' END))),
           CASE WHEN {status} = 'screen_failure' THEN 'ineligible' ELSE 'eligible' END, '40', '', %(label)s,
           %(digest)s, '', '', '', %(by)s, {then} + interval '1 hour' FROM generate_series(%(first)s, %(last)s) n
    WHERE {status} IN ('submitted', 'eligible', 'screen_failure', 'enrolled');
    INSERT INTO enrollment_enrollment (id, participant_id, record_id, evaluation_id, site_id, number, status,
                                       enrolled_on, by_id, at)
    SELECT n, n, n, n, %(site)s, '01-' || n, 'enrolled', {then}::date, %(by)s, {then} + interval '2 hours'
    FROM generate_series(%(first)s, %(last)s) n WHERE {status} = 'enrolled';
    INSERT INTO enrollment_enrollmentstep (enrollment_id, action, source, target, by_id, code, reason, event_date,
                                           recorded_at)
    SELECT n, 'enroll', '', 'enrolled', %(by)s, '', '', {then}::date, {then} + interval '2 hours'
    FROM generate_series(%(first)s, %(last)s) n WHERE {status} = 'enrolled';
"""
THEN = "(timestamptz '2026-09-01' + n * interval '40 seconds')"
STATUS = (
    "(ARRAY['in_progress','in_progress','submitted','returned','eligible','screen_failure','screen_failure',"
    "'discontinued','enrolled','enrolled'])[1 + n % 10]"
)


def main() -> int:
    """Make the databases, measure, print a table, judge, drop them."""
    outside = psycopg2.connect(SUPERUSER)
    outside.autocommit = True
    with outside.cursor() as cursor:
        for name in SCRATCH.values():
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} OWNER portal_owner TEMPLATE template0 ENCODING 'UTF8'")
    try:
        for name in SCRATCH.values():
            environment = os.environ | at(name) | {"PORTAL_DATABASE_ROLE": "owner"}
            migrate = [sys.executable, str(ROOT / "manage.py"), "migrate", "--noinput", "--verbosity", "0"]
            subprocess.run(migrate, check=True, env=environment, cwd=ROOT)
        return measure()
    finally:
        with outside.cursor() as cursor:
            for name in SCRATCH.values():
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        outside.close()


def at(database: str) -> dict[str, str]:
    """The addresses of the environment, in another database."""
    return {name: re.sub(r"/[^/]*$", f"/{database}", os.environ[name]) for name in URLS}


def go_to(people: int) -> None:
    """Let the portal go on in the small or the large database."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = SCRATCH[people]


def measure() -> int:
    """The table, and whether every judged list is flat: 0, or 1."""
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.conf import settings
    from django.db import connection

    exclusion = next(criterion.id for criterion in settings.PROTOCOL.criteria if criterion.exclusion)
    pages = {"bare page": BARE} | JUDGED | {name: text.format(criterion=exclusion) for name, text in SHOWN.items()}
    clients = {people: client_of(people, exclusion) for people in SCRATCH}
    measured: dict[int, dict[str, float]] = {people: dict.fromkeys(pages, float("inf")) for people in SCRATCH}
    for _round in range(ROUNDS):
        for people, client in clients.items():
            go_to(people)
            for name, address in pages.items():
                measured[people][name] = min(measured[people][name], cost(lambda a=address, c=client: get(c, a)))
    print(f"{'':30}{FEW:>12,}{MANY:>12,}  times")
    dear = []
    for name in pages:
        few, many = measured[FEW][name], measured[MANY][name]
        print(f"{name:30}{few:9.1f} ms{many:9.1f} ms{many / few:7.2f}{'' if name in JUDGED else '   not judged'}")
        if name in JUDGED and many > MOST * few:
            dear.append(name)
    save_one_card(measured[MANY]["bare page"])
    connection.close()
    if dear:
        print(f"Dearer than {MOST} times: {', '.join(dear)}.")
    return 1 if dear else 0


def client_of(people: int, exclusion: str):  # type: ignore[no-untyped-def]
    """Fill one database; a client signed in there as the investigator of the site."""
    from django.conf import settings
    from django.test import Client

    from tests.factories import IcfVersionFactory, SiteFactory, person

    go_to(people)
    site = SiteFactory(code="01")
    investigator = person("investigator", site, principal=True)
    facts = {
        "site": site.pk,
        "by": investigator.pk,
        "version": IcfVersionFactory(site=site).pk,
        "label": settings.PROTOCOL.label,
        "digest": settings.PROTOCOL.digest,
        "criteria": [criterion.id for criterion in settings.PROTOCOL.criteria],
        "failing": exclusion,
        "first": 1,
        "last": people,
    }
    fill(at(SCRATCH[people])["DATABASE_SUPERUSER_URL"], facts)
    client = Client()
    client.force_login(investigator, backend="trial_portal.accounts.backend.PortalBackend")
    return client


def fill(url: str, facts: dict[str, object]) -> None:
    """Participants ``first`` to ``last`` with all that a log says of them, past the ledger."""
    inside = psycopg2.connect(url)
    inside.autocommit = True
    with inside.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        status = STATUS.replace("%", "%%")
        cursor.execute(PEOPLE.format(then=THEN, status=status), facts)
        for table in ("participants_participant", "screening_screeningrecord", "screening_evaluation"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 10000000)")
        cursor.execute("VACUUM ANALYZE")
    inside.close()


def get(client, address: str) -> None:  # type: ignore[no-untyped-def]
    """Ask for a page."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)


def cost(call: Callable[[], None], times: int = TIMES) -> float:
    """Milliseconds of a call: the shortest of many, after one that warms up."""
    call()
    taken = []
    for _again in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return min(taken)


def save_one_card(bare: float) -> None:
    """What saving one card takes, statements included, beside the bare page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from screening.eligibility.kinds import Choice
    from screening.selectors import load
    from tests.factories import AT
    from tests.integration.screening.worked import opened

    world = opened("SUBJ-01", "02")
    world.record.refresh_from_db()
    cards = load(world.record, AT).cards.values()
    card, item = next((c, i) for c in cards for i in c.items if isinstance(i.kind, Choice) and "yes" in i.kind.codes)
    others = {i.name: world.record.answers.get(i.name) for i in (*card.items, *card.proof) if i is not item}
    client = Client(headers={"HX-Request": "true"})
    client.force_login(world.coordinator, backend="trial_portal.accounts.backend.PortalBackend")
    address = reverse("screening:card", args=[world.record.participant.number, 1, card.id])

    def save() -> None:
        world.record.refresh_from_db()
        answer = "no" if world.record.answers.get(item.name) == "yes" else "yes"
        sent = {"revision": world.record.revision, item.name: answer, "reason_code": "typing", "reason": "Measured."}
        sent |= {name: value for name, value in others.items() if isinstance(value, str)}
        response = client.post(address, sent)
        assert response.status_code == 200, (response.status_code, response.content[:2000])
        before = world.record.revision
        world.record.refresh_from_db()
        assert world.record.revision == before + 1, "the card was not saved"

    taken = cost(save, 25)
    with CaptureQueriesContext(connection) as counted:
        save()
    print(f"save one card {taken:27.1f} ms, {1000 / taken:.0f} a second, {len(counted)} statements with the session's")
    print(f"bare page     {bare:27.1f} ms, {1000 / bare:.0f} a second")


if __name__ == "__main__":
    sys.exit(main())
