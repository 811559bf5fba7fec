"""A quiz as an H5P Interactive Video: the video stops at each pause and asks.

The file follows the H5P specification and the semantics.json of Interactive Video 1.24 to 1.28. It holds no programs of
H5P unless a bundle is given: a site then takes them from the file, else it needs that very version.
"""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from media.captions import write_vtt
from quizsys.packages.citing import clock
from quizsys.packages.h5p_libraries import NoBundle, copy_libraries, read_name
from quizsys.packages.h5p_tasks import TITLES, make_task, one_line, plain
from quizsys.packages.sheet import Loss, Sheet

VERSIONS = ("1.24", "1.25", "1.26", "1.27", "1.28")
DEFAULT_VERSION = "1.26"
MAIN, SUMMARY, VIDEO = "H5P.InteractiveVideo", "H5P.Summary 1.10", "H5P.Video 1.6"
STAY_S = 2.0
"""How long a question stays when the learner plays on without an answer."""
MEDIA_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm"}
LONGEST_TITLE, LONGEST_START_TITLE = 255, 60


def write_h5p(sheet: Sheet, path: Path, *, version: str = DEFAULT_VERSION, libraries: Path | None = None) -> list[Loss]:
    """`version` is one of VERSIONS, the Interactive Video that the site has. `libraries`: an .h5p file or a folder."""
    losses: list[Loss] = []
    tasks = [make_task(item, sheet.right_to_left, losses) for item in sheet.items]
    needed = [f"{MAIN} {version}", VIDEO, SUMMARY, *sorted({task["library"] for task in tasks})]
    video = _video_name(sheet)
    with zipfile.ZipFile(path, "w") as package:
        _write_json(package, "h5p.json", _describe(sheet, needed))
        _write_json(package, "content/content.json", _make_content(sheet, tasks, video))
        if sheet.captions:
            _write(package, "content/files/captions.vtt", write_vtt(sheet.captions).encode())
        if sheet.video is not None:
            with sheet.video.open("rb") as source, package.open(zipfile.ZipInfo(f"content/{video}"), "w") as target:
                shutil.copyfileobj(source, target)
        if libraries is not None:
            losses.extend(_bring_libraries(libraries, needed, package))
    return losses if sheet.video else [*losses, _NO_VIDEO]


_NO_VIDEO = Loss("", "video_missing", "The file carries no video: add it in the H5P editor before you show the quiz.")


def _bring_libraries(bundle: Path, needed: list[str], package: zipfile.ZipFile) -> list[Loss]:
    try:
        missing = copy_libraries(bundle, needed, package)
    except NoBundle:
        missing = sorted(needed)
    detail = f"The server's bundle of H5P libraries lacks {', '.join(missing)}: the site must have them."
    return [Loss("", "libraries_missing", detail)] if missing else []


def _write(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    """With no time of its own, so that the same quiz is the same file."""
    package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def _write_json(package: zipfile.ZipFile, name: str, value: dict[str, Any]) -> None:
    _write(package, name, json.dumps(value, ensure_ascii=False, indent=1).encode())


def _video_name(sheet: Sheet) -> str:
    suffix = sheet.video.suffix.lower() if sheet.video else ""
    return f"videos/lesson{suffix if suffix in MEDIA_TYPES else '.mp4'}"


def _describe(sheet: Sheet, needed: list[str]) -> dict[str, Any]:
    """What the validator of H5P looks at: a title of two lines would refuse the whole file."""
    language = sheet.language.split("-")[0].lower()
    language = language if language.isascii() and language.isalpha() and len(language) <= 3 else "und"
    title = one_line(sheet.title, LONGEST_TITLE)
    dependencies = [
        dict(zip(("machineName", "majorVersion", "minorVersion"), read_name(text), strict=True)) for text in needed
    ]
    return {
        **{"title": title, "extraTitle": title, "language": language, "defaultLanguage": language},
        **{"mainLibrary": MAIN, "embedTypes": ["iframe"], "license": "U"},
        "preloadedDependencies": dependencies,
    }


def _make_content(sheet: Sheet, tasks: list[dict[str, Any]], video: str) -> dict[str, Any]:
    stay_s = round(min(STAY_S, sheet.duration_s / max(len(tasks), 1)), 3)
    assets = {
        "interactions": [_place(task, at_s, stay_s) for task, at_s in zip(tasks, _spread(sheet, stay_s), strict=True)],
        "bookmarks": [{"time": one.start_s, "label": plain(one.title)} for one in sheet.chapters if one.title],
        "endscreens": [{"time": round(sheet.duration_s, 3), "label": clock(sheet.duration_s)}] if tasks else [],
    }
    summary = {
        "task": {
            "library": SUMMARY,
            "params": {"intro": "", "summaries": [{"summary": [], "tip": ""}]},
            "subContentId": sheet.id.lower(),
            "metadata": {"contentType": "Summary", "license": "U", "title": one_line(sheet.title, LONGEST_TITLE)},
        },
        "displayAt": 3,
    }
    return {
        "interactiveVideo": {"video": _make_video(sheet, video), "assets": assets, "summary": summary},
        "override": {
            **{"autoplay": False, "loop": False, "showBookmarksmenuOnLoad": False, "showRewind10": True},
            **{"preventSkippingMode": "none", "deactivateSound": False},
        },
    }


def _make_video(sheet: Sheet, video: str) -> dict[str, Any]:
    file = {"path": video, "mime": MEDIA_TYPES[Path(video).suffix], "copyright": {"license": "U"}}
    track = {
        **{"label": plain(sheet.language), "kind": "captions", "srcLang": sheet.language},
        "track": {"path": "files/captions.vtt", "mime": "text/vtt", "copyright": {"license": "U"}},
    }
    return {
        "startScreenOptions": {"title": plain(sheet.title, LONGEST_START_TITLE) or "Quiz", "hideStartTitle": False},
        "textTracks": {"videoTrack": [track]} if sheet.captions else {},
        "files": [file] if sheet.video else [],
    }


def _place(task: dict[str, Any], from_s: float, stay_s: float) -> dict[str, Any]:
    """Over nearly the whole picture, which is 40 em wide; a button where the screen is small."""
    return {
        **{"x": 5, "y": 5, "width": 36, "height": 19},
        "duration": {"from": from_s, "to": round(from_s + stay_s, 3)},
        **{"pause": True, "displayType": "poster", "buttonOnMobile": True, "label": ""},
        "libraryTitle": TITLES[task["library"]],
        "action": task,
    }


def _spread(sheet: Sheet, stay_s: float) -> list[float]:
    """When each is asked: at its pause, but never over another one, and before the video is over."""
    times: list[float] = []
    for item in sheet.items:
        times.append(max(item.pause_at_s, times[-1] + stay_s if times else 0.0))
    latest_s = sheet.duration_s - stay_s
    for place in range(len(times) - 1, -1, -1):
        times[place] = max(min(times[place], latest_s), 0.0)
        latest_s = times[place] - stay_s
    return [round(time_s, 3) for time_s in times]
