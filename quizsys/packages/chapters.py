"""The chapters of the video as WebVTT, as players and H5P read them."""

from pathlib import Path

from media.captions import Cue, write_vtt
from quizsys.packages.sheet import Loss, Sheet


def write_chapters(sheet: Sheet, path: Path) -> list[Loss]:
    """A chapter without a title is called by its number."""
    chapters = [chapter for chapter in sheet.chapters if chapter.end_s > chapter.start_s]
    cues = [
        Cue(chapter.start_s, chapter.end_s, (chapter.title or str(number),))
        for number, chapter in enumerate(chapters, 1)
    ]
    path.write_text(write_vtt(cues), encoding="utf-8")
    told = [Loss("", "questions_dropped", "The file names the chapters of the video and holds no questions.", True)]
    return told if cues else [*told, Loss("", "no_chapters", "The video has no chapters: no slide was found in it.")]
