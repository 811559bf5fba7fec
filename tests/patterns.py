"""Every regular expression of the project, and texts made to slow it down.

For each part that repeats, a text that repeats it many times and then breaks off: what backtracks there tries all ways.
"""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ROOT = Path(__file__).parent.parent
METHODS = ("fullmatch", "match", "search", "split", "sub", "subn", "findall", "finditer")
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
# Repeats that end sooner multiply nothing.
FEW = 20
SIGNS = "a 7,.-'A\n\t_x(é"
ENDS = ("\x00", " a")
SAMPLES = {
    op.CATEGORY_DIGIT: "7",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_DIGIT: "b",
    op.CATEGORY_NOT_SPACE: "b",
    op.CATEGORY_NOT_WORD: "!",
}


@dataclass(frozen=True)
class Pattern:
    """`where` is file and name or line; `methods` are those that it is used by."""

    where: str
    compiled: "re.Pattern[str]"
    methods: tuple[str, ...]


def list_patterns() -> list[Pattern]:
    """Those of module-level names and of calls with what a module knows; not those made of texts at run time."""
    found: dict[tuple[str, int], Pattern] = {}
    for folder in ("quizsys", "handlers", "media"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            source = file.read_text()
            if "migrations" not in file.parts and "import re\n" in source:
                for pattern in _read_module(file.relative_to(ROOT), source):
                    found.setdefault((pattern.compiled.pattern, pattern.compiled.flags), pattern)
    return list(found.values())


def list_attacks(pattern: Pattern, length: int) -> Iterator[str]:
    tree = parser.parse(pattern.compiled.pattern, pattern.compiled.flags)
    pumps = dict.fromkeys(form for before, pump in _list_pumps(tree, "") for form in ((before, pump), ("", pump)))
    pumps |= dict.fromkeys(("", before + pump) for before, pump in list(pumps) if before)
    for before, pump in pumps:
        for end in ENDS:
            yield before + pump * (length // len(pump)) + end


def _read_module(file: Path, source: str) -> Iterator[Pattern]:
    module = importlib.import_module(".".join(file.with_suffix("").parts).removesuffix(".__init__"))
    names = vars(module)
    for name, value in names.items():
        for compiled in _list_compiled(value):
            used = tuple(method for method in METHODS if f"{name}.{method}(" in source)
            yield Pattern(f"{file}:{name}", compiled, used or ("search",))
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {
            f"re.{method}" for method in (*METHODS, "compile")
        }:
            compiled = _compile(call, names)
            if compiled is not None:
                yield Pattern(f"{file}:{call.lineno}", compiled, (ast.unparse(call.func)[3:],))


def _list_compiled(value: object) -> Iterator["re.Pattern[str]"]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _list_compiled(one)


def _compile(call: ast.Call, names: dict[str, Any]) -> "re.Pattern[str] | None":
    def read(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), "pattern", "eval"), names)

    flags = [word.value for word in call.keywords if word.arg == "flags"]
    flags += [node for node in call.args[1:] if ast.unparse(node).startswith("re.")]
    try:
        made = re.compile(read(call.args[0]), *map(read, flags))
    except NameError:
        return None
    except ValueError:
        made = read(call.args[0])
    return made if isinstance(made.pattern, str) and ast.unparse(call.func) != "re.compile" else None


def _list_pumps(tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """What stands before a part that repeats, and each form of that part."""
    for kind, value in tree:
        if kind in REPEATS and value[1] > FEW:
            yield from ((before, pump) for pump in _list_forms(value[2]) if pump)
        for inner in _list_inner(kind, value):
            yield from _list_pumps(inner, before)
        before += _sample([(kind, value)])


def _list_inner(kind: Any, value: Any) -> list[Any]:
    if kind in REPEATS:
        return [value[2]]
    if kind is op.BRANCH:
        return list(value[1])
    if kind is op.SUBPATTERN:
        return [value[3]]
    return [value[1]] if kind in (op.ASSERT, op.ASSERT_NOT) else []


def _list_forms(tree: Any) -> list[str]:
    forms = [_sample(tree)]
    if len(tree) == 1:
        kind, value = tree[0]
        if kind is op.IN:
            forms += [sign for sign in SIGNS if _takes(value, sign)]
        elif kind is op.ANY:
            forms += [" ", "7", ","]
        elif kind in (op.BRANCH, op.SUBPATTERN):
            forms += [form for inner in _list_inner(kind, value) for form in _list_forms(inner)]
    return list(dict.fromkeys(forms))


def _sample(tree: Iterable[Any]) -> str:
    """A text that it takes, at its least."""
    return "".join(_sample_one(kind, value) for kind, value in tree)


def _sample_one(kind: Any, value: Any) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if kind is op.IN:
        return next((sign for sign in SIGNS if _takes(value, sign)), "") or _first_sign(value)
    if kind in REPEATS:
        return _sample(value[2]) * max(1, min(value[0], 50))
    if kind is op.BRANCH:
        return _sample(value[1][0])
    if kind is op.SUBPATTERN:
        return _sample(value[3])
    return "a" if kind in (op.ANY, op.GROUPREF) else ""


def _first_sign(items: Any) -> str:
    kind, value = items[0]
    return chr(value) if kind is op.LITERAL else chr(value[0]) if kind is op.RANGE else SAMPLES.get(value, "")


def _takes(items: Any, sign: str) -> bool:
    is_negated = items[0][0] is op.NEGATE
    return any(_is_one(kind, value, sign) for kind, value in items) != is_negated


def _is_one(kind: Any, value: Any, sign: str) -> bool:
    if kind is op.LITERAL:
        return ord(sign) == value
    if kind is op.RANGE:
        return bool(value[0] <= ord(sign) <= value[1])
    classes = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w"}
    classes |= {op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_NOT_WORD: r"\W"}
    return kind is op.CATEGORY and re.match(classes[value], sign) is not None
