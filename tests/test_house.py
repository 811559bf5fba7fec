"""The house as quizsys/README.md draws it: imports point one way, what is heavy stays out of the server."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("media", "quizsys", "handlers", "server")
FORBIDDEN = {
    "media": {"quizsys", "handlers", "server", "peewee", "aiohttp", "marshmallow"},
    "quizsys": {"handlers", "server", "aiohttp"},
    "handlers": {"server", "media", "peewee", "quizsys.models"},
}
HEAVY = ("av", "cv2", "numpy", "faster_whisper", "ctranslate2", "onnxruntime", "rapidocr", "spacy", "wordllama")
LONGEST_FILE = 400


def list_files(floor: str) -> list[Path]:
    return sorted((ROOT / floor).rglob("*.py"))


@cache
def list_imports(path: Path) -> list[str]:
    return list(find_imports(ast.parse(path.read_text())))


def find_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def breaks_rule(floor: str, imported: str) -> bool:
    return any(imported == name or imported.startswith(name + ".") for name in FORBIDDEN[floor])


@pytest.mark.parametrize("floor", list(FORBIDDEN))
def test_imports_point_one_way(floor: str) -> None:
    files = list_files(floor)
    assert files
    broken = [
        f"{path.relative_to(ROOT)}: {name}" for path in files for name in list_imports(path) if breaks_rule(floor, name)
    ]
    assert broken == []


def test_the_rule_sees_a_broken_import(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("def late():\n    from quizsys import models\n")
    assert any(breaks_rule("handlers", name) for name in list_imports(bad))


def name_module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def find_circle(imports: dict[str, set[str]]) -> list[str]:
    """One circle of modules that import each other, late imports and those for types alone included."""
    try:
        TopologicalSorter({name: wanted & imports.keys() - {name} for name, wanted in imports.items()}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_two_files_import_each_other() -> None:
    files = [path for floor in ("media", "quizsys", "handlers") for path in list_files(floor)]
    assert find_circle({name_module(path): set(list_imports(path)) for path in files}) == []
    assert find_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) != []


def test_the_server_never_imports_what_only_seats_need() -> None:
    script = f"import sys, handlers.serve; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_noun_has_its_name_in_every_floor() -> None:
    nouns = {path.stem for path in list_files("quizsys/services")} & {
        "videos",
        "jobs",
        "scenes",
        "transcripts",
        "quizzes",
    }
    handlers = {path.stem for path in list_files("handlers")}
    assert nouns == {"videos", "jobs", "scenes", "transcripts", "quizzes"}
    assert nouns <= handlers


def test_no_file_is_too_long_to_read() -> None:
    files = [path for floor in ("media", "quizsys", "handlers") for path in list_files(floor)] + [ROOT / "server.py"]
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_the_root_holds_only_what_was_agreed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    names = {name.split("/")[0] for name in tracked}
    agreed = {
        *(
            "server.py",
            "quizsys",
            "handlers",
            "media",
            "tests",
            "storage",
            "requirements.txt",
            "setup.cfg",
            "README.md",
        ),
        *("Makefile", "LICENSE", "CHANGES.md", "SECURITY.md", "benchmarks", "deploy"),
    }
    assert {name for name in names if not name.startswith(".")} <= agreed
