"""Good videos with something wrong about them, made by ffmpeg: titles, chapters, attachments, times, shapes, speeds."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from media.ffmpeg import ffmpeg_binary
from tests.hostile.sample import Sample

PICTURE = ["-f", "lavfi", "-i", "testsrc=s=160x120:r=10:d=2"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
EXACT = ["-threads", "1", "-fflags", "+bitexact", "-flags", "+bitexact"]
TITLES = {
    "lines": "a\r\nX-Evil: 1\r\n\r\nbody",
    "escapes": "\x1b[31m\x1b]0;x\x07\x08\x7f",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "formats": "%s%n%x{0.__class__}${jndi:ldap://127.0.0.1:9/}{{7*7}}",
    "metadata": ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=x\\",
    "bidi": "\u202e\u2066" * 100,
    "long": "A" * 60_000,
    "sql": "'; DROP TABLE assets; --",
    "path": "../../../../tmp/quizsys-canary/secret.mp4",
}
SHAPES = ("2x2", "16x4096", "4096x16", "2x8192", "8192x2", "8192x4320")
FORMS = ("yuv444p10le", "gray", "yuv420p10le", "rgb24", "yuvj420p")


def list_samples(folder: Path) -> Iterator[Sample]:
    yield from _titled(folder)
    yield from _shaped(folder)
    yield from _timed(folder)
    yield from _crowded(folder)


def _make(folder: Path, name: str, *options: str, inputs: list[str] = PICTURE) -> bytes:
    target = folder / f"made-{name}"
    command = [ffmpeg_binary(), "-v", "error", "-nostdin", "-y", *inputs, *options, *EXACT, str(target)]
    subprocess.run(command, check=True, timeout=120)
    return target.read_bytes()


def _titled(folder: Path) -> Iterator[Sample]:
    for name, text in TITLES.items():
        tags = [word for key in ("title", "artist", "comment", "encoder") for word in ("-metadata", f"{key}={text}")]
        tags += ["-metadata:s:v:0", f"handler_name={text}", "-metadata:s:v:0", f"language={text[:3]}"]
        data = _make(folder, f"{name}.mp4", *H264, *tags, "-movflags", "use_metadata_tags")
        yield Sample("titled", f"{name}.mp4", data)
    chapters = folder / "chapters.txt"
    parts = (f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={n}\nEND={n + 1}\ntitle=<b>{n}\n" for n in range(20_000))
    chapters.write_text(";FFMETADATA1\n" + "".join(parts))
    data = _make(
        folder, "chapters.mp4", "-map_metadata", "1", "-map", "0", *H264, inputs=[*PICTURE, "-i", str(chapters)]
    )
    yield Sample("titled", "20000-chapters.mp4", data)


def _shaped(folder: Path) -> Iterator[Sample]:
    for size in SHAPES:
        source = ["-f", "lavfi", "-i", f"testsrc=s={size}:r=5:d=1"]
        data = _make(folder, f"{size}.mp4", *H264, inputs=source)
        yield Sample("shaped", f"{size}.mp4", data)
    for form in FORMS:
        codec = (
            ["-c:v", "libx264rgb"] if form == "rgb24" else ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", form]
        )
        yield Sample("shaped", f"{form}.mp4", _make(folder, f"{form}.mp4", *codec))
    still = ["-f", "lavfi", "-i", "color=s=8192x4320:r=1:d=10"]
    yield Sample("shaped", "8k-of-nothing.mp4", _make(folder, "nothing.mp4", *H264, inputs=still))
    ratio = _make(folder, "ratio.mp4", *H264, "-vf", "setsar=1/30000")
    yield Sample("shaped", "thin-pixels.mp4", ratio)


def _timed(folder: Path) -> Iterator[Sample]:
    early = ["-itsoffset", "-1000", *PICTURE]
    keep = ["-copyts", "-avoid_negative_ts", "disabled", "-use_editlist", "0"]
    yield Sample("timed", "before-zero.mp4", _make(folder, "early.mp4", *H264, *keep, inputs=early))
    late = ["-itsoffset", "40000", *PICTURE]
    yield Sample("timed", "late.mp4", _make(folder, "late.mp4", *H264, "-copyts", inputs=late))
    fast = ["-f", "lavfi", "-i", "testsrc=s=32x32:r=100000:d=0.05"]
    yield Sample("timed", "100000-a-second.mp4", _make(folder, "fast.mp4", *H264, inputs=fast))
    long = ["-f", "lavfi", "-i", "color=s=16x16:r=1/100:d=43000"]
    yield Sample("timed", "twelve-hours.mp4", _make(folder, "long.mp4", *H264, inputs=long))
    many = ["-f", "lavfi", "-i", "color=s=16x16:r=1000:d=60"]
    yield Sample("timed", "60000-frames.mp4", _make(folder, "many.mp4", *H264, inputs=many))


def _crowded(folder: Path) -> Iterator[Sample]:
    words = folder / "words.srt"
    words.write_text("".join(f"{n}\n00:00:00,{n % 999:03} --> 00:00:01,999\n<b>{n}\n\n" for n in range(1, 5000)))
    data = _make(folder, "words.mp4", *H264, "-c:s", "mov_text", inputs=[*PICTURE, "-i", str(words)])
    yield Sample("crowded", "words.mp4", data)
    tones = [word for n in range(15) for word in ("-f", "lavfi", "-i", f"sine=f={100 * n + 100}:d=2")]
    maps = [word for n in range(16) for word in ("-map", str(n))]
    data = _make(folder, "tones.mp4", *H264, *maps, "-c:a", "aac", inputs=[*PICTURE, *tones])
    yield Sample("crowded", "15-sounds.mp4", data)
    attached = ["-attach", str(words), "-metadata:s:t", "mimetype=font/ttf", "-metadata:s:t", "filename=../../evil.ttf"]
    yield Sample("crowded", "attached.mp4", _make(folder, "attached.mkv", *H264, *attached))
    wide = ["-f", "lavfi", "-i", "anullsrc=cl=octagonal:r=96000:d=2"]
    data = _make(folder, "wide.mp4", *H264, "-c:a", "aac", inputs=[*PICTURE, *wide])
    yield Sample("crowded", "eight-channels.mp4", data)
