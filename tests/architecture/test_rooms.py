"""The rooms: who may import whom, how large a file may be, which words are not said."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "migrations" not in path.parts)
ROOMS = (
    "core", "schema", "data", "referential", "engines", "audit", "governance", "governance/ledger", "usecase",
    "sectors", "federation", "cli", "hub",
)  # fmt: skip
# Words that promise, and modules that are a drawer for anything.
DRAWERS = {"utils", "util", "common", "tools", "helpers", "misc"}
PROMISES = re.compile(r"\b(smart|intelligent|debias\w*|unbiased|seamless\w*|cutting.edge|world.class)\b", re.IGNORECASE)
TITLES = re.compile(r"(Manager|Handler|Helper|Util)$")


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def length(function):
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant)
    words = first.end_lineno - first.lineno + 1 if documented and isinstance(first.value.value, str) else 0
    return function.end_lineno - function.lineno + 1 - words


def test_the_import_contract_holds():
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_exists_and_says_what_it_is_for(room):
    docstring = ast.get_docstring(ast.parse((ROOT / "src/jazari" / room / "__init__.py").read_text()))
    assert docstring and len(docstring) > 20


def test_the_one_door_to_the_ledger_exists():
    assert (ROOT / "src/jazari/governance/events.py").is_file()


def test_no_file_is_above_400_lines():
    assert {str(path): n for path in SOURCES if (n := path.read_text().count("\n")) > 400} == {}


def test_no_function_is_above_50_lines():
    long = [
        f"{path}:{one.name}" for path in SOURCES for one in functions(ast.parse(path.read_text())) if length(one) > 50
    ]
    assert long == []


def test_no_room_goes_deeper_than_three_levels():
    root = ROOT / "src/jazari"
    django = {"migrations", "management", "templatetags"}
    assert [p for p in SOURCES if len(p.relative_to(root).parts) > 4 and not django & set(p.parts)] == []


def test_there_is_no_drawer_for_anything():
    assert [path for path in SOURCES if DRAWERS & {path.stem, *path.parts}] == []


def test_no_word_promises_and_no_class_is_a_manager():
    said = [f"{path}: {match.group()}" for path in SOURCES for match in PROMISES.finditer(path.read_text())]
    named = [
        f"{path}: {node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and TITLES.search(node.name)
    ]
    assert said + named == []


def test_every_public_name_has_a_docstring():
    missing = []
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        if not ast.get_docstring(tree):
            missing.append(str(path))
        missing += [f"{path}:{name}" for name in _undocumented(tree)]
    assert missing == []


def _undocumented(tree, prefix=""):
    for node in tree.body:
        public = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
        if public and not ast.get_docstring(node) and not _is_overload(node):
            yield prefix + node.name
        if isinstance(node, ast.ClassDef) and public:
            yield from (name for name in _undocumented(node, f"{prefix}{node.name}.") if not name.endswith(".Meta"))


def _is_overload(node):
    names = [ast.unparse(one) for one in getattr(node, "decorator_list", [])]
    return "overload" in names or any(name.endswith((".setter", ".deleter")) for name in names)
