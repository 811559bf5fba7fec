"""A bundle of H5P libraries without their programs: what each takes, in the parts that we write.

The fields are those of the semantics.json of these versions, so that a site which enforces them keeps all and no more.
"""

import json
from pathlib import Path
from typing import Any

Field = dict[str, Any]


def text(name: str, **more: Any) -> Field:
    return {"name": name, "type": "text", "label": name, "optional": True, **more}


def markup(name: str) -> Field:
    return text(name, widget="html", enterMode="p", tags=["strong", "em", "p", "br", "div"])


def flags(*names: str) -> list[Field]:
    return [{"name": name, "type": "boolean", "label": name} for name in names]


def number(name: str) -> Field:
    return {"name": name, "type": "number", "label": name, "optional": True}


def select(name: str, *values: str) -> Field:
    options = [{"value": value, "label": value} for value in values]
    return {"name": name, "type": "select", "label": name, "options": options}


def group(name: str, *fields: Field) -> Field:
    return {"name": name, "type": "group", "label": name, "fields": list(fields), "optional": True}


def many(name: str, field: Field) -> Field:
    return {"name": name, "type": "list", "label": name, "field": field, "optional": True}


def library(name: str, *options: str) -> Field:
    return {"name": name, "type": "library", "label": name, "options": list(options), "optional": True}


def media(name: str, kind: str) -> Field:
    return {"name": name, "type": kind, "label": name, "optional": True}


RETRY = flags("enableRetry", "enableSolutionsButton", "enableCheckButton")
CONFIRM = flags("autoCheck", "confirmCheckDialog", "confirmRetryDialog")
OVERALL = group(
    "overallFeedback", many("overallFeedback", group("overallFeedback", number("from"), number("to"), text("feedback")))
)
TASKS = (
    "H5P.MultiChoice 1.16",
    "H5P.TrueFalse 1.8",
    "H5P.Blanks 1.14",
    "H5P.DragText 1.10",
    "H5P.FreeTextQuestion 1.0",
)
SEMANTICS: dict[str, list[Field]] = {
    "H5P.MultiChoice 1.16": [
        markup("question"),
        many(
            "answers",
            group(
                "answer",
                markup("text"),
                *flags("correct"),
                group("tipsAndFeedback", markup("tip"), markup("chosenFeedback"), markup("notChosenFeedback")),
            ),
        ),
        OVERALL,
        group(
            "behaviour",
            *RETRY,
            *CONFIRM,
            select("type", "auto", "multi", "single"),
            *flags("singlePoint", "randomAnswers", "showSolutionsRequiresInput", "showScorePoints"),
            number("passPercentage"),
        ),
    ],
    "H5P.TrueFalse 1.8": [
        markup("question"),
        select("correct", "true", "false"),
        group(
            "behaviour",
            *RETRY,
            *CONFIRM,
            text("feedbackOnCorrect", maxLength=2048),
            text("feedbackOnWrong", maxLength=2048),
        ),
    ],
    "H5P.Blanks 1.14": [
        markup("text"),
        many("questions", markup("question")),
        OVERALL,
        group(
            "behaviour",
            *RETRY,
            *CONFIRM,
            *flags("caseSensitive", "showSolutionsRequiresInput", "separateLines", "acceptSpellingErrors"),
        ),
    ],
    "H5P.DragText 1.10": [
        markup("taskDescription"),
        text("textField", widget="textarea"),
        text("distractors"),
        OVERALL,
        group("behaviour", *RETRY, *flags("instantFeedback")),
    ],
    "H5P.FreeTextQuestion 1.0": [text("question"), number("maxScore"), *flags("isRequired")],
    "H5P.Summary 1.10": [
        text("intro"),
        many("summaries", group("summary", many("summary", markup("text")), text("tip"))),
    ],
    "H5P.Video 1.6": [media("sources", "video")],
    "H5P.InteractiveVideo 1.26": [
        group(
            "interactiveVideo",
            group(
                "video",
                media("files", "video"),
                group(
                    "startScreenOptions",
                    text("title", maxLength=60),
                    *flags("hideStartTitle"),
                    text("shortStartDescription", maxLength=120),
                ),
                group(
                    "textTracks",
                    many(
                        "videoTrack",
                        group(
                            "track",
                            text("label"),
                            select("kind", "subtitles", "captions", "descriptions"),
                            text("srcLang"),
                            media("track", "file"),
                        ),
                    ),
                    text("defaultTrackLabel"),
                ),
            ),
            group(
                "assets",
                many(
                    "interactions",
                    group(
                        "interaction",
                        group("duration", number("from"), number("to")),
                        *flags("pause", "buttonOnMobile"),
                        select("displayType", "button", "poster"),
                        markup("label"),
                        *(number(name) for name in ("x", "y", "width", "height")),
                        text("libraryTitle"),
                        library("action", *TASKS),
                    ),
                ),
                many("bookmarks", group("bookmark", number("time"), text("label"))),
                many("endscreens", group("endscreen", number("time"), text("label"))),
            ),
            group("summary", library("task", "H5P.Summary 1.10"), number("displayAt")),
        ),
        group(
            "override",
            *flags("autoplay", "loop", "showBookmarksmenuOnLoad", "showRewind10", "deactivateSound"),
            select("preventSkippingMode", "none", "forward", "both"),
        ),
    ],
}


def make_bundle(folder: Path, without: str = "") -> Path:
    """The libraries as folders, called as their repositories are; each but the main one is needed by the main one."""
    for name, semantics in SEMANTICS.items():
        if name != without:
            home = folder / name.split(" ")[0].lower().replace(".", "-")
            home.mkdir(parents=True)
            (home / "library.json").write_text(json.dumps(_describe(name)))
            (home / "semantics.json").write_text(json.dumps(semantics))
            (home / ".git").write_text("hidden")
            (home / "scripts").mkdir()
            (home / "scripts" / "main.js").write_text("// nothing")
    return folder


def _describe(name: str) -> dict[str, Any]:
    machine, _, version = name.rpartition(" ")
    major, minor = map(int, version.split("."))
    about = {"title": machine, "machineName": machine, "majorVersion": major, "minorVersion": minor, "patchVersion": 1}
    more = {"runnable": 1, "coreApi": {"majorVersion": 1, "minorVersion": 26}}
    return {**about, **more, "preloadedJs": [{"path": "scripts/main.js"}]}
