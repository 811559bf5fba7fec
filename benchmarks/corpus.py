"""Hostile files through every door of a real server under strace: what it cost, and that nothing else was touched.

Prints whatever went wrong or cost more than a minute or 1 GB, then a line for each group of files. --group may be
given more than once; --folder keeps the files; --doors leaves out the jobs that work on what was let in. Needs strace
and ffmpeg. Exit code 1 for any harm.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.running import start_server, stop_server
from tests.hostile.corpus import list_samples
from tests.hostile.damage import make_good
from tests.hostile.sample import Sample
from tests.hostile.trace import strace_words
from tests.hostile.trial import Laboratory, Verdict

# What costs more is told by itself, which is no harm yet. A good video of two seconds takes 860 MB in a fresh seat, for
# the models that read and listen, and 440 in a used one.
MOST_S = 60
MOST_BYTES = 1 << 30
SETTINGS = {"WORKER_CONCURRENCY": 1, "JOB_RETRY_DELAY_SECONDS": 0, "METADATA_EXPORT": "false"}


def try_all(samples: Iterable[Sample], folder: Path, *, at_work: bool) -> Iterator[Verdict]:
    """The first verdict is of a good video, so that no later one pays for loading the models."""
    log = folder / "trace"
    good = make_good(folder)["mp4"]
    server = start_server(folder / "storage", strace_words(log), **SETTINGS)
    try:
        laboratory = Laboratory(server, log, good)
        laboratory.try_out(Sample("warm", "up.mp4", good), at_work=at_work)
        for sample in samples:
            yield laboratory.try_out(sample, at_work=at_work)
    finally:
        stop_server(server)


def describe(group: str, verdicts: list[Verdict]) -> str:
    let_in = sum(verdict.told["door"] == "201" for verdict in verdicts)
    slowest = max(verdicts, key=lambda verdict: verdict.longest_s)
    largest = max(verdicts, key=lambda verdict: verdict.grown_bytes)
    return (
        f"{group:10} {len(verdicts):4} files {let_in:4} let in   {slowest.longest_s:6.1f} s ({slowest.sample.name})   "
        f"{largest.grown_bytes >> 20:5} MB ({largest.sample.name})"
    )


def list_harm(verdict: Verdict) -> Iterator[str]:
    name = f"{verdict.sample.category}/{verdict.sample.group}/{verdict.sample.name}"
    for what in (*verdict.breaches, *verdict.faults):
        yield f"{name}: {what} {verdict.told}"


def list_costs(verdict: Verdict) -> Iterator[str]:
    name = f"{verdict.sample.category}/{verdict.sample.group}/{verdict.sample.name}"
    if verdict.grown_bytes > MOST_BYTES:
        yield f"{name}: {verdict.grown_bytes >> 20} MB"
    for step, took_s in verdict.took_s.items():
        if took_s > MOST_S:
            yield f"{name}: {took_s:.0f} s for {step}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", action="append", default=[], help="only this kind of files")
    parser.add_argument("--folder", type=Path, help="where to keep the files")
    parser.add_argument("--doors", action="store_true", help="only upload them")
    wanted = parser.parse_args()
    groups: dict[str, list[Verdict]] = {}
    with tempfile.TemporaryDirectory(prefix="quizsys-hostile-") as name:
        folder = Path(name)
        samples = (sample for sample in list_samples(folder) if not wanted.group or sample.group in wanted.group)
        for verdict in try_all(samples, folder, at_work=not wanted.doors):
            groups.setdefault(verdict.sample.group, []).append(verdict)
            if wanted.folder:
                verdict.sample.write(wanted.folder / verdict.sample.category)
            for line in (*list_harm(verdict), *list_costs(verdict)):
                print(line, flush=True)
    for group, verdicts in groups.items():
        print(describe(group, verdicts))
    everything = [verdict for verdicts in groups.values() for verdict in verdicts]
    print(describe("all", everything))
    return int(any(verdict.breaches or verdict.faults for verdict in everything))


if __name__ == "__main__":
    sys.exit(main())
