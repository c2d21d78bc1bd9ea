"""How many whole people a second the engine evaluates (20 criteria, with reasons), and how much memory it takes.

    ./portal bench eligibility

Side by side in one run: the engine as it is; the engine that remembers nothing from one person to the next (the
baseline); and the command line from JSON to JSON. People are varied: every answer that may differ, differs somewhere.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from screening.eligibility.evaluation import evaluate  # noqa: E402  (the path comes first)
from screening.protocols import load  # noqa: E402

PROTOCOL = load("lenalidomide_dm")
PEOPLE = 5_000
SMALL, LARGE = 1_000, 1_000_000


def people(count: int, seed: int = 1, unlike: float = 0.01) -> Iterator[dict[str, object]]:
    """People like those of a study: each with dates and counts of their own, and some answers ``unlike`` most people's.

    ``unlike`` is the share of the choices that are drawn at random: of about 130 choices, 0.01 is one or two a person.
    """
    chance = random.Random(seed)
    base = json.loads((ROOT / "tests/data/protocol/subjects.json").read_text(encoding="utf-8"))[0]["items"]
    choices = {name: sorted(item.codes) for name, item in PROTOCOL.by_name.items() if hasattr(item.kind, "codes")}
    for _ in range(count):
        person = dict(base)
        person |= {name: chance.choice(codes) for name, codes in choices.items() if chance.random() < unlike}
        person["birth_date"] = f"{chance.randint(1948, 2009)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        person["iim_age_at_onset"] = chance.randint(10, 60)
        person["cbc_date"] = f"2026-10-{chance.randint(1, 15):02}"
        person["wbc_value"] = f"{chance.uniform(2.5, 12):.1f}"
        person["anc_value"] = f"{chance.uniform(1.2, 9):.2f}"
        person["hgb_value"] = str(chance.randint(80, 160))
        person["plt_value"] = str(chance.randint(80, 400))
        person["cdasi_activity_total"] = chance.randint(5, 50)
        person["treatments"] = [
            {"class": "immunosuppressant", "start": f"2026-{chance.randint(1, 9):02}", "ongoing": "yes"}
            for _ in range(chance.randint(0, 3))
        ]
        if chance.random() < 0.3:
            person |= {"live_vaccine_received": "yes", "live_vaccine_date": f"2026-{chance.randint(1, 10):02}"}
        yield person


def rate(work: Callable[[dict[str, object]], object], unlike: float = 0.01) -> float:
    """People a second on one core: the best of three passes, each over people not seen before."""
    best = 0.0
    for seed in range(3):
        varied = list(people(PEOPLE, seed, unlike))
        start = time.process_time()
        for person in varied:
            work(person)
        best = max(best, PEOPLE / (time.process_time() - start))
    return best


def forgetful(person: dict[str, object]) -> object:
    """Evaluate and forget."""
    result = evaluate(PROTOCOL, person).as_json()
    PROTOCOL.defaults.known.clear()
    return result


def remembering(person: dict[str, object]) -> object:
    """Evaluate as the portal does."""
    return evaluate(PROTOCOL, person).as_json()


def stream(lines: int) -> tuple[float, int]:
    """Seconds and peak memory (KiB) of the command line over so many people."""
    with tempfile.TemporaryFile() as feed, tempfile.TemporaryFile() as out:
        some = [json.dumps({"id": "P", "items": person}).encode() + b"\n" for person in people(1_000)]
        for number in range(lines):
            feed.write(some[number % len(some)])
        feed.seek(0)
        start = time.monotonic()
        child = subprocess.Popen([sys.executable, "-m", "screening.eligibility"], cwd=ROOT, stdin=feed, stdout=out)
        peak = 0
        while child.poll() is None:
            peak = max(peak, _peak(child.pid))
            time.sleep(0.05)
        return time.monotonic() - start, peak


def _peak(pid: int) -> int:
    """The peak memory of a running process in KiB; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def main() -> None:
    """Print the figures."""
    # As the command line does.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    print(f"{PEOPLE} varied people a pass, one core, process time")
    print(f"  evaluate with reasons, remembering nothing (baseline)  {rate(forgetful):8,.0f} people/s")
    print(f"  evaluate with reasons                                  {rate(remembering):8,.0f} people/s")
    print(f"  the same, with three times as many unusual answers     {rate(remembering, 0.03):8,.0f} people/s")
    print("command line, JSON lines to JSON lines")
    for lines in (SMALL, LARGE if "--quick" not in sys.argv else 20_000):
        seconds, peak = stream(lines)
        print(f"  {lines:>9,} lines  {seconds:8.1f} s  {lines / seconds:8,.0f} people/s  peak {peak / 1024:6.1f} MiB")
    print(f"this process: peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
