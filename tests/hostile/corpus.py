"""All hostile files, the same ones each time with the same ffmpeg."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from tests.hostile import avis, captions, damage, dressed, giants, lists, pictures, sounds
from tests.hostile.sample import Sample
from tests.integration.drawn_files import make_sounds


def list_samples(folder: Path) -> Iterator[Sample]:
    """`folder` is for what ffmpeg makes."""
    yield from list_forged()
    yield from damage.list_samples(damage.make_good(folder))
    yield from dressed.list_samples(folder)
    yield from sounds.list_samples({Path(name).suffix[1:]: data for name, data in make_sounds(folder).items()})


def list_forged() -> Iterator[Sample]:
    """Those made byte by byte, without ffmpeg, and at once."""
    yield from itertools.chain(*(part.list_samples() for part in (lists, giants, avis, captions, pictures)))
