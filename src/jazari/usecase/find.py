"""Find a use case: an installed name, or `path/to/file.py:name`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from jazari.core import plugins
from jazari.core.errors import DeclarationError, JazariError, did_you_mean
from jazari.usecase.declaration import UseCase

GROUP = "jazari.cases"


def cases() -> dict[str, UseCase]:
    """The installed use cases by name, sorted."""
    return {name: find(name) for name in plugins.names(GROUP)}


def find(text: str | UseCase) -> UseCase:
    """The use case of that name, or the one declared in that file.

    Args:
        text: `education.dropout`, `my_case.py:dropout`, `my_case.py` where it declares just one, or a UseCase.

    Raises:
        DeclarationError: JZ-201 no such name, JZ-220 no such file, JZ-221 the file cannot be read as a declaration.
    """
    if isinstance(text, UseCase):
        return text
    path, _, name = text.rpartition(":")
    if text.endswith(".py"):
        path, name = text, ""
    if path.endswith(".py"):
        return _from_file(Path(path), name)
    found = plugins.load(GROUP, text)
    if not isinstance(found, UseCase):
        raise _unreadable(text, f"a {type(found).__name__}")
    return found


def _from_file(path: Path, name: str) -> UseCase:
    if not path.is_file():
        raise DeclarationError(
            "JZ-220", "there is no such file", where=str(path), found="nothing",
            fix="write path/to/file.py:name, or an installed name: `jazari cases` lists them.",
        )  # fmt: skip
    declared = {key: value for key, value in vars(_load(path)).items() if isinstance(value, UseCase)}
    if name in declared:
        return declared[name]
    by_name = {value.name: value for value in declared.values()}
    if name in by_name:
        return by_name[name]
    if not name and len(by_name) == 1:
        return next(iter(by_name.values()))
    raise DeclarationError(
        "JZ-220", f"the file declares no use case '{name}'" if name else "say which use case of the file",
        where=str(path), found=", ".join(declared) or "no UseCase",
        fix=f"{did_you_mean(name, declared)}write {path.name}:name with one of these names.",
    )  # fmt: skip


def _load(path: Path) -> ModuleType:
    module_name = f"jazari_declared_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise _unreadable(str(path), "no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # dataclasses declared in the file look their module up
    try:
        spec.loader.exec_module(module)
    except JazariError:
        raise
    except SyntaxError as error:
        raise _unreadable(f"{path}:{error.lineno}", "a line Python cannot read") from error
    except Exception as error:
        raise _unreadable(str(path), f"{type(error).__name__}: {str(error)[:200]}") from error
    return module


def _unreadable(where: str, found: str) -> DeclarationError:
    return DeclarationError(
        "JZ-221", "the file cannot be read as a declaration", where=where, found=found,
        fix="start from `jazari new NAME --data F`, or from the tutorial.",
    )  # fmt: skip
