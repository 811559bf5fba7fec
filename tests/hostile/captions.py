"""Subtitles that bite: those who read them, and those who draw them."""

from collections.abc import Iterator

from tests.hostile.sample import Sample

CUE = "1\n00:00:00,000 --> 00:00:02,000\n{}\n\n"
ASS = (
    "[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\n[Events]\nDialogue: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,{}\n"
)
FONT = "[Fonts]\nfontname: evil.ttf\n{}\n"
TEXTS = {
    "huge-size": r"{\fs999999999}Hello",
    "drawing": r"{\p1}" + "m 0 0 l 99999999 0 99999999 99999999 " * 50 + r"{\p0}",
    "clip": r"{\clip(1," + "m 0 0 b 1 1 2 2 3 3 " * 90 + ")}x",
    "blur": r"{\blur99999\be9999\bord9999\shad9999}x",
    "turned": r"{\frx99999\fry99999\frz99999\fax9999\fay9999\fscx999999\fscy999999}x",
    "reset": r"{\r" * 500 + "x",
    "moves": r"{\t(0,1,\t(0,1,\t(0,1,\fs1)))}" * 60,
    "karaoke": r"{\k1}x" * 300,
    "font-file": r"{\fn/tmp/quizsys-canary/secret.ttf}Hello",
    "bidi": "\u202e\u2066abc\u2069" * 100 + "\u200f\u0627" * 100,
    "combining": "a" + "\u0301" * 1500,
    "zero-width": "\u200b\u200d\ufeff" * 500,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 200,
    "private": "\ue000\U000f0000\U0010ffff\ufffe" * 100,
    "long-word": "W" * 1900,
    "lines": "\n".join("x" for _ in range(500)),
    "markup": "<font face='a'" * 100 + "<b>" * 200,
    "entities": "&lt;&#0;&#xD800;&#99999999999;&amp;lt;script&gt;" * 30,
    "filter": "':;,[in]movie=/tmp/quizsys-canary/secret.mp4[x]\\'",
    "format": "%s%n%p%x" * 100,
}


def list_samples() -> Iterator[Sample]:
    for name, text in TEXTS.items():
        brief = name in ("drawing", "huge-size", "font-file")
        yield Sample("captions", f"{name}.srt", CUE.format(text).encode(), "subtitle", brief=brief)
        yield Sample("captions", f"{name}-ass.srt", ASS.format(text).encode(), "subtitle")
        vtt = "WEBVTT\n\nSTYLE\n::cue(b) { background: url(file:///tmp/quizsys-canary/x) }\n\n00:00.000 --> 00:02.000\n"
        yield Sample("captions", f"{name}.vtt", f"{vtt}{text}\n".encode(), "subtitle")
    yield Sample("captions", "nul.srt", CUE.format("a\0b").encode(), "subtitle")
    yield Sample("captions", "utf-16.srt", CUE.format("Hello").encode("utf-16"), "subtitle")
    yield Sample("captions", "half-utf-16.srt", CUE.format("Hello").encode("utf-16") + b"\xd8", "subtitle")
    yield Sample(
        "captions",
        "surrogates.srt",
        b"\xff\xfe" + CUE.format("x\ud800y").encode("utf-16-le", "surrogatepass"),
        "subtitle",
    )
    yield Sample("captions", "utf-7.srt", CUE.format("+ADw-script+AD4-").encode(), "subtitle")
    yield Sample("captions", "attached-font.srt", (ASS.format("x") + FONT.format("!" * 100_000)).encode(), "subtitle")
    yield from _many()


def _many() -> Iterator[Sample]:
    """As many of something as fit into the 4 MB that a file may have."""
    most = 4 << 20
    cue = "1\n0:0:0,0 --> 0:0:1,0\nx\n\n"
    at_once = "".join(f"{n}\n00:00:00,000 --> 00:00:02,000\nLine {n}\n\n" for n in range(20_000))
    yield Sample("captions", "20000-at-once.srt", at_once.encode(), "subtitle")
    yield Sample("captions", "too-many.srt", (cue * (most // len(cue))).encode(), "subtitle")
    yield Sample("captions", "feeds.srt", b"\n" * most, "subtitle")
    yield Sample("captions", "returns.srt", b"\r" * most, "subtitle")
    yield Sample("captions", "one-line.srt", b"x" * most, "subtitle")
    yield Sample("captions", "arrows.srt", b"-->" * (most // 3), "subtitle")
    yield Sample("captions", "brackets.vtt", b"WEBVTT\n\n00:00.000 --> 00:02.000\n" + b"<" * 19_000, "subtitle")
    yield Sample("captions", "spaces.srt", CUE.format(" " * 1999 + "x").encode() * 1900, "subtitle")
    yield Sample("captions", "far.srt", b"1\n9999:59:59,999 --> 9999:59:59,999\nx\n\n", "subtitle")
    yield Sample("captions", "backwards.srt", b"1\n00:00:09,000 --> 00:00:01,000\nx\n\n", "subtitle")
