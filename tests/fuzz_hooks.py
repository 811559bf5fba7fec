"""What schemathesis is given to upload: a video that may be kept."""

import os
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

if name := os.environ.get("FUZZ_VIDEO"):
    schemathesis.openapi.media_type("video/mp4", st.just(Path(name).read_bytes()))
