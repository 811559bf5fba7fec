"""Files that name other files or hosts: playlists and scripts under other names, references inside containers."""

import struct
from collections.abc import Iterator

from tests.hostile.boxes import FTYP, Track, box, full, jpeg, movie, words
from tests.hostile.sample import Sample

NEAR = "quizsys-canary/secret.mp4"
CANARY = f"/tmp/{NEAR}"
"""What all of them try to have opened, by its whole path or as seen from where they lie."""

HOST = "http://127.0.0.1:9/secret.mp4"
DISGUISES = {
    "plain": b"",
    "mp4": b"\0\0\0\x10ftypmp42\0\0\0\0\n",
    "moov": b"\0\0\0\x08moov\n",
    "avi": b"RIFF\xff\xff\0\0AVI \n",
    "bom": b"\xef\xbb\xbf",
}


def list_samples() -> Iterator[Sample]:
    for name, script in scripts().items():
        for disguise, start in DISGUISES.items():
            brief = disguise in ("plain", "mp4") and name in ("hls", "ffconcat-near", "sdp", "dash")
            yield Sample("lists", f"{name}-{disguise}.mp4", start + script.encode(), brief=brief)
        yield Sample("lists", f"{name}.avi", script.encode())
        yield Sample("lists", f"{name}.mp3", b"ID3\4\0\0\0\0\0\0" + script.encode() * 20, "music")
        yield Sample("lists", f"{name}.png", b"\x89PNG\r\n\x1a\n" + script.encode(), "image")
        yield Sample("lists", f"{name}.srt", script.encode(), "subtitle")
    yield from inside_containers()


def scripts() -> dict[str, str]:
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n{}#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
    mpd = '<?xml version="1.0"?><!DOCTYPE MPD [<!ENTITY x SYSTEM "file:{0}">]>'
    mpd += '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><BaseURL>{0}</BaseURL><AdaptationSet>'
    mpd += '<Representation id="1" bandwidth="1"><BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period></MPD>'
    sdp = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    sdp += "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    return {
        "hls": hls.format("", CANARY),
        "hls-http": hls.format("", HOST),
        "hls-key": hls.format(f'#EXT-X-KEY:METHOD=AES-128,URI="{CANARY}"\n', CANARY),
        "hls-map": hls.format(f'#EXT-X-MAP:URI="{CANARY}"\n', "concat:" + CANARY),
        "hls-master": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{CANARY}\n",
        "m3u": f"#EXTM3U\n#EXTINF:1,x\nfile://{CANARY}\n",
        "pls": f"[playlist]\nFile1={CANARY}\nNumberOfEntries=1\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{CANARY}'\n",
        "ffconcat-near": f"ffconcat version 1.0\nfile {NEAR}\n",
        "hls-near": hls.format("", NEAR),
        "ffconcat-data": f"ffconcat version 1.0\nfile 'subfile,,start,0,end,99,,:{CANARY}'\noption safe 0\n",
        "dash": mpd.format(CANARY),
        "sdp": sdp,
        "rtsp": "RTSPtextRTSP://127.0.0.1:9/secret\n",
        "asx": f'<ASX VERSION="3"><ENTRY><REF HREF="{CANARY}"/><REF HREF="{HOST}"/></ENTRY></ASX>',
        "smil": f'<smil><body><video src="{CANARY}"/></body></smil>',
        "xspf": f'<playlist version="1"><trackList><track><location>file://{CANARY}</location></track></trackList></playlist>',
        "imf": f"<CompositionPlaylist><Asset><Path>{CANARY}</Path></Asset></CompositionPlaylist>",
        "ffmetadata": f";FFMETADATA1\ntitle={CANARY}\n[STREAM]\nfilename={CANARY}\n",
        "avisynth": f'DirectShowSource("{CANARY}")\n',
        "vapoursynth": f'import vapoursynth as vs\nopen("{CANARY}").read()\n',
        "lavfi": f"movie={CANARY}\n",
        "qtl": f'<?xml version="1.0"?><?quicktime type="application/x-quicktime-media-link"?><embed src="{CANARY}"/>',
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{CANARY}"/></svg>',
        "names": f"concat:{CANARY}|{CANARY}\nsubfile,,start,0,end,99,,:{CANARY}\ndata:video/mp4;base64,AAAA\n",
    }


def inside_containers() -> Iterator[Sample]:
    picture = [jpeg()] * 4
    for name, reference in {
        "url": full(b"url ", f"file://{CANARY}".encode() + b"\0"),
        "http": full(b"url ", HOST.encode() + b"\0"),
        "urn": full(b"urn ", b"x\0" + CANARY.encode() + b"\0"),
        "alis": full(b"alis", _alias()),
        "rsrc": full(b"rsrc", _alias()),
    }.items():
        yield Sample("lists", f"dref-{name}.mp4", movie(Track(picture, references=reference)), brief=name == "alis")
        yield Sample(
            "lists", f"dref-{name}.mov", b"\0\0\0\x14ftypqt  " + movie(Track(picture, references=reference))[12:]
        )
    descriptor = box(b"rmda", full(b"rdrf", b"url ", words(len(CANARY)), CANARY.encode()))
    yield Sample("lists", "reference-movie.mov", FTYP + box(b"moov", box(b"rmra", descriptor)), brief=True)
    yield Sample("lists", "reference-beside.mp4", movie(Track(picture), more=box(b"rmra", descriptor)))
    segment = (
        b"\x1a\x45\xdf\xa3\x84\x42\x82\x81m\x18\x53\x80\x67" + b"\xff" + b"\x3e\x83\xbb" + bytes([0x80 | len(CANARY)])
    )
    yield Sample("lists", "linked-segments.mp4", segment + CANARY.encode())


def _alias() -> bytes:
    """A Macintosh alias record with the path in all its forms."""
    name = CANARY.rsplit("/", 1)[1].encode()
    path = CANARY.encode()
    fixed = bytes(4) + struct.pack(">HH", 150, 2) + b"\0\0" + b"\4disk".ljust(28, b"\0") + bytes(8)
    fixed += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16) + struct.pack(">hh", 0, 3) + bytes(16)
    for kind, value in ((2, path), (18, path), (19, b"/")):
        fixed += struct.pack(">HH", kind, len(value)) + value + b"\0" * (len(value) % 2)
    return fixed + b"\xff\xff\0\0"
