"""Pure tools: files and numbers in, files and numbers out. No database, no HTTP."""

import os

# onnxruntime (slide reading, voice detection) otherwise looks up its maker's host when it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
