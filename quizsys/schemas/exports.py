"""What an export job may be asked for: the seed's payload, and what we take beyond it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, pre_load, validates_schema

from media.compose.joins import STYLES
from media.compose.subtitles import is_text_encoding, parse_style
from media.compose.timeline import BLUR, CROP, CROSSFADE, CUT, PAD, TO_BLACK, TO_WHITE
from quizsys.schemas.fields import REQUIRED, Bitrate, Flag, Inner, Literal, Number, Several, Text, Whole

MOST_CLIPS = 80
MOST_TEMPLATES = 8
LONGEST_S = 12 * 3600.0
LONGEST_TRANSITION_S = 10.0
SIDES_PX = 64, 4096
POSITIONS = ("top-left", "top-right", "bottom-left", "bottom-right")
RATIOS = ("16:9", "9:16", "1:1")
RESOLUTIONS = ("540p", "720p", "1080p")
SOURCE_SIZE = "source"
FITS = (PAD, CROP, BLUR)


class Part(Schema):
    class Meta:
        unknown = EXCLUDE


class TransitionRequest(Part):
    """From this clip to the next."""

    type = Literal((CUT, CROSSFADE, TO_BLACK, TO_WHITE), load_default=CUT, metadata={"description": "Its kind."})
    duration = Number(
        low=0, high=LONGEST_TRANSITION_S, load_default=0.5, metadata={"description": "Seconds; a cut takes none."}
    )
    style = Literal(STYLES, load_default="fade", metadata={"description": "How a crossfade looks: an xfade name."})


class SubtitlesRequest(Part):
    """Text over the picture: a subtitle file of the project, or without `path` the video's own captions.

    Times are those of the clip's video, for `global_subtitles` with a `path` those of the timeline.
    """

    path = Text(
        low=1,
        high=500,
        allow_none=True,
        load_default=None,
        metadata={"description": "The file's `relative_path`; the video's own captions if left out."},
    )
    encoding = Text(
        low=1,
        high=40,
        allow_none=True,
        load_default=None,
        metadata={"description": "The file's encoding; found out if left out.", "examples": ["utf-8"]},
    )
    force_style = Text(
        high=1000,
        allow_none=True,
        load_default=None,
        metadata={"description": "Fields of an ASS style.", "examples": ["Fontsize=20,PrimaryColour=&H00FFFF&"]},
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("encoding") and not is_text_encoding(data["encoding"]):
            raise ValidationError("value_error|There is no such encoding of text", "encoding")
        try:
            parse_style(data.get("force_style") or "")
        except ValueError as error:
            raise ValidationError(f"value_error|{error}", "force_style") from error


class WatermarkRequest(Part):
    """A picture in a corner."""

    path = Text(low=1, high=500, required=True, metadata={"description": "The `relative_path` of an image asset."})
    position = Literal(
        (*POSITIONS, *(position.replace("-", "_") for position in POSITIONS)),
        load_default="bottom-right",
        metadata={"description": "Its corner."},
    )
    scale = Number(low=0.01, high=1, load_default=0.12, metadata={"description": "Its width; 1 is the picture's."})
    opacity = Number(low=0, high=1, load_default=1.0, metadata={"description": "1 hides what is behind it."})


class ClipRequest(Part):
    """A stretch of a video."""

    asset_id = Text(low=1, high=64, required=True, metadata={"description": "The video."})
    in_point = Number(low=0, high=LONGEST_S, load_default=0.0, metadata={"description": "Where it begins, in seconds."})
    out_point = Number(
        low=0,
        high=LONGEST_S,
        allow_none=True,
        load_default=None,
        metadata={"description": "Where it ends, in seconds; with the video if left out."},
    )
    transition = Inner(
        TransitionRequest, allow_none=True, load_default=None, metadata={"description": "To the next clip."}
    )
    subtitles = Inner(SubtitlesRequest, allow_none=True, load_default=None, metadata={"description": "Over it."})
    watermark = Inner(WatermarkRequest, allow_none=True, load_default=None, metadata={"description": "On it."})
    include_audio = Flag(load_default=True, metadata={"description": "Whether its sound is heard."})

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("out_point") is not None and data["out_point"] <= data["in_point"]:
            raise ValidationError(
                "value_error|The clip ends before it begins: out_point comes after in_point", "out_point"
            )


class DuckingRequest(Part):
    """How music steps back where someone speaks."""

    threshold = Number(
        low=-60, high=1, load_default=0.05, metadata={"description": "The speech's level: 0 to 1, or below 0 in dB."}
    )
    ratio = Number(low=1, high=20, load_default=8.0, metadata={"description": "How far it steps back."})
    attack = Number(low=0.01, high=2000, load_default=20.0, metadata={"description": "How fast, in milliseconds."})
    release = Number(low=0.01, high=9000, load_default=400.0, metadata={"description": "How fast it comes back."})


class MusicRequest(Part):
    """Music under everything."""

    track = Text(low=1, high=500, required=True, metadata={"description": "A music asset: its `relative_path` or id."})
    volume = Number(low=0, high=4, load_default=0.25, metadata={"description": "1 leaves it as it is."})
    offset = Number(low=0, high=LONGEST_S, load_default=0.0, metadata={"description": "Where in it to begin, seconds."})
    fade_in = Number(low=0, high=600, load_default=0.0, metadata={"description": "Seconds."})
    fade_out = Number(low=0, high=600, load_default=0.0, metadata={"description": "Seconds."})
    loop = Flag(load_default=False, metadata={"description": "Begin it again when it ends."})
    ducking = Inner(DuckingRequest, allow_none=True, load_default=None, metadata={"description": "None if left out."})

    @pre_load
    def switch(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Only yes or no stands for the usual values, or none."""
        if isinstance(data.get("ducking"), bool):
            return data | {"ducking": {} if data["ducking"] else None}
        return data


class TemplateRequest(Part):
    """A file to make of the timeline."""

    name = Text(low=1, high=80, required=True, metadata={"description": "What it is called."})
    format = Literal(("mp4", "mov", "webm"), load_default="mp4", metadata={"description": "The kind of file."})
    width = Whole(
        low=SIDES_PX[0], high=SIDES_PX[1], allow_none=True, load_default=None, metadata={"description": "Pixels, even."}
    )
    height = Whole(
        low=SIDES_PX[0], high=SIDES_PX[1], allow_none=True, load_default=None, metadata={"description": "Pixels, even."}
    )
    aspect_ratio = Literal(
        RATIOS, allow_none=True, load_default=None, metadata={"description": "The timeline's if left out."}
    )
    fit = Literal(FITS, load_default=PAD, metadata={"description": "What to do with another shape."})
    video_bitrate = Bitrate(
        50_000, 100_000_000, allow_none=True, load_default=None, metadata={"description": "By quality if left out."}
    )
    audio_bitrate = Bitrate(
        16_000, 512_000, allow_none=True, load_default=None, metadata={"description": "Usual if left out."}
    )
    proxy = Flag(load_default=False, metadata={"description": "Make a small preview of it, too."})
    generate_thumbnails = Flag(load_default=False, metadata={"description": "A picture of each clip in it."})
    watermark = Inner(WatermarkRequest, allow_none=True, load_default=None, metadata={"description": "On it."})

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        ratio = data.get("aspect_ratio")
        if ratio and data.get("width") and data.get("height"):
            wide, high = map(int, ratio.split(":"))
            if abs(data["width"] / data["height"] - wide / high) > 0.05:
                message = f"value_error|{data['width']} x {data['height']} is not {ratio}: change one of them"
                raise ValidationError(message, "aspect_ratio")


class ExportOptions(Part):
    """What to compose: `clips`, or of one video (`asset_id`) all or some `scenes`, or a quiz with its lesson."""

    clips = Several(
        Inner(ClipRequest), high=MOST_CLIPS, low=1, load_default=None, metadata={"description": "In their order."}
    )
    asset_id = Text(low=1, high=64, load_default=None, metadata={"description": "In place of clips: one video."})
    scenes = Several(
        Whole(low=0, high=100_000),
        high=MOST_CLIPS,
        low=1,
        load_default=None,
        metadata={"description": "Highlights: numbers of the video's scenes, from 0, in the order wanted."},
    )
    transition = Inner(
        TransitionRequest, allow_none=True, load_default=None, metadata={"description": "Between scenes."}
    )
    quiz_id = Text(
        low=1, high=64, load_default=None, metadata={"description": "A quiz to ask at its pauses, in the picture."}
    )
    question_seconds = Number(low=2, high=120, load_default=12.0, metadata={"description": "To think about each."})
    answer_seconds = Number(
        low=1, high=120, load_default=7.0, metadata={"description": "For the answer and its proof."}
    )
    aspect_ratio = Literal(RATIOS, load_default="16:9", metadata={"description": "The timeline's shape."})
    resolution = Literal(
        (*RESOLUTIONS, SOURCE_SIZE), load_default="1080p", metadata={"description": "`source`: the first clip's size."}
    )
    proxy_resolution = Literal(
        RESOLUTIONS, allow_none=True, load_default="720p", metadata={"description": "Of the preview; null for none."}
    )
    fit = Literal(FITS, load_default=PAD, metadata={"description": "Another shape: bars, cut, or on a blurred copy."})
    frame_rate = Number(low=1, high=60, load_default=None, metadata={"description": "The clips' highest if left out."})
    loudness = Number(
        low=-40, high=-5, allow_none=True, load_default=None, metadata={"description": "LUFS; as it is if left out."}
    )
    chapters = Literal(
        ("none", "clips", "scenes"), load_default="none", metadata={"description": "Of what to make some."}
    )
    background_music = Inner(MusicRequest, allow_none=True, load_default=None, metadata={"description": "Under all."})
    export_templates = Several(
        Inner(TemplateRequest),
        high=MOST_TEMPLATES,
        load_default=list,
        metadata={"description": "Further files, made in the same run."},
    )
    default_watermark = Inner(
        WatermarkRequest, allow_none=True, load_default=None, metadata={"description": "On clips without their own."}
    )
    global_subtitles = Inner(
        SubtitlesRequest,
        allow_none=True,
        load_default=None,
        metadata={"description": "Over all; without a `path` on clips without their own."},
    )
    generate_thumbnails = Flag(load_default=True, metadata={"description": "A picture of each clip."})

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("clips") is None and not data.get("asset_id") and not data.get("quiz_id"):
            raise ValidationError(REQUIRED, "clips")
        if data.get("clips") is not None and data.get("scenes") is not None:
            raise ValidationError("value_error|Send clips or scenes, not both", "scenes")
        if data.get("scenes") is not None and not data.get("asset_id"):
            raise ValidationError("missing|Scenes need the video that they are of", "asset_id")
