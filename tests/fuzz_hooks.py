"""What schemathesis cannot know: a video that may be kept, and that a chunk of tus is plain bytes."""

import os
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
if name := os.environ.get("FUZZ_VIDEO"):
    schemathesis.openapi.media_type("video/mp4", st.just(Path(name).read_bytes()))
