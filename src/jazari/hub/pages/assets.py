"""Static files: few and small, held in memory, each under a path that carries its fingerprint.

No step collects them and no server has to be told of a folder: a changed file has a changed path, so that every
answer may be kept for a year. Fonts are Noto (SIL Open Font License), HTMX is vendored as published:
`static/vendor/VENDOR.json` says where from.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_URL = re.compile(r'url\("([^"]+)"\)')


@dataclass(frozen=True)
class Asset:
    """One static file: its path on the hub, its type, its bytes plain and packed."""

    path: str
    kind: str
    plain: bytes
    packed: bytes


def _asset(name: str, content: bytes) -> Asset:
    mark = hashlib.sha256(content).hexdigest()[:16]
    return Asset(f"/static/{mark}/{name}", _TYPES[Path(name).suffix], content, gzip.compress(content, 9, mtime=0))


def _read() -> Mapping[str, Asset]:
    names = sorted(path.relative_to(_FOLDER).as_posix() for path in _FOLDER.rglob("*") if path.suffix in _TYPES)
    found = {name: _asset(name, (_FOLDER / name).read_bytes()) for name in names if not name.endswith(".css")}
    for name in (name for name in names if name.endswith(".css")):
        style = (_FOLDER / name).read_text(encoding="utf-8")
        found[name] = _asset(name, _URL.sub(lambda one: f'url("{found[one[1]].path}")', style).encode())
    return found


ASSETS = _read()
BY_PATH = {asset.path: asset for asset in ASSETS.values()}
