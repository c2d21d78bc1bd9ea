"""Screening numbers: without gap, without double, however many people register at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from tests.factories import AT
from tests.integration.participants.world import approved_site, coordinator_of, register
from trial_portal.audit.refusals import Refused
from trial_portal.participants.models import Identity, Participant, ScreeningCounter

pytestmark = pytest.mark.django_db(transaction=True)


def in_parallel(count: int, do) -> list[object]:  # type: ignore[no-untyped-def]
    """Each on a thread and a connection of its own, all let go at once; what each returned or raised."""
    start = Barrier(count)

    def one(index: int) -> object:
        start.wait(30)
        try:
            return do(index)
        except Exception as raised:
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def numbers() -> list[str]:
    return sorted(Participant.objects.values_list("number", flat=True))


def test_are_the_next_ones_when_twenty_register_at_once() -> None:
    site = approved_site()
    by = coordinator_of(site)

    results = in_parallel(20, lambda index: register(by, site, name=f"Person {index} at once").number)

    assert sorted(map(str, results)) == numbers() == [f"S-01-{number:04}" for number in range(1, 21)]
    assert ScreeningCounter.objects.get(site=site).last == 20


def test_have_no_gap_where_one_of_twenty_is_rolled_back() -> None:
    site = approved_site()
    by = coordinator_of(site)

    def one(index: int) -> str:
        with transaction.atomic():
            number = register(by, site, name=f"Person {index} at once").number
            if index % 7 == 3:
                raise RuntimeError("power cut")
            return number

    results = in_parallel(20, one)

    cut = [result for result in results if isinstance(result, RuntimeError)]
    assert len(cut) == 3
    assert numbers() == [f"S-01-{number:04}" for number in range(1, 18)]


def test_are_each_sites_own() -> None:
    sites = [approved_site("01"), approved_site("02")]
    people = [coordinator_of(site) for site in sites]

    in_parallel(8, lambda index: register(people[index % 2], sites[index % 2], name=f"Person {index} at once"))

    assert numbers() == [f"S-{code}-{number:04}" for code in ("01", "02") for number in range(1, 5)]


def test_of_one_person_sent_twice_is_one() -> None:
    site = approved_site()
    by = coordinator_of(site)

    results = in_parallel(4, lambda index: register(by, site, name="Li Hua"))

    assert len([result for result in results if isinstance(result, Refused)]) == 3
    assert numbers() == ["S-01-0001"]


def test_of_one_person_at_two_sites_at_once_is_noticed() -> None:
    sites = [approved_site("01"), approved_site("02")]
    people = [coordinator_of(site) for site in sites]

    results = in_parallel(
        2, lambda index: register(people[index], sites[index], name="Li Hua", national_id="360102197903021234")
    )

    assert len([result for result in results if isinstance(result, Refused)]) == 1
    assert Identity.objects.count() == 1


def test_go_on_past_9999() -> None:
    site = approved_site()
    ScreeningCounter.objects.create(site=site, last=9999)

    assert register(coordinator_of(site), site, at=AT).number == "S-01-10000"
