"""GitHub's official description of its API, out of its package, kept outside the checkout."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.engines.environment import INSTALL_SECONDS, NetworkUnavailableError, engines_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = "@octokit/openapi@23.0.2"
MEMBER = "package/generated/api.github.com.json"
DIGEST = "829b4bebb19a53133289f7b0bc819f4f1118115821db2ca9f25e9ee995a7da2a"
SCHEMAS = ("workflow-run", "job", "basic-error", "simple-user", "minimal-repository")
PATHS = ("/repos/{owner}/{repo}/actions/", "/repos/{owner}/{repo}/contents/")

Description = dict[str, Any]


def ensure_description() -> Description:
    """Return the part of the description that is about runs, fetched now if need be."""
    folder = engines_folder()
    kept = folder / f"github-{hashlib.sha256((PACKAGE + DIGEST).encode()).hexdigest()[:12]}.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            part = Path(work) / "part.json"
            part.write_text(json.dumps(_part_of(_fetched(Path(work)))))
            os.replace(part, kept)
    found: Description = json.loads(kept.read_text())
    return found


def _fetched(folder: Path) -> Description:
    """Fetch the package by its ordinary client; raise NetworkUnavailableError where that fails."""
    npm = shutil.which("npm")
    if npm is None:
        raise NetworkUnavailableError("there is no npm")
    done = subprocess.run(
        [npm, "pack", PACKAGE, "--pack-destination", str(folder)],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
    )
    packed = next(folder.glob("*.tgz"), None)
    if done.returncode or packed is None:
        lines = [line for line in done.stderr.splitlines() if "error" in line]
        raise NetworkUnavailableError(lines[0] if lines else "npm fetched nothing")
    with tarfile.open(packed) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        body = member.read()
    assert hashlib.sha256(body).hexdigest() == DIGEST, "the package holds another description"
    found: Description = json.loads(body)
    return found


def _part_of(whole: Description) -> Description:
    """Return the paths that are about runs, and every component that they need."""
    paths = {path: told for path, told in whole["paths"].items() if path.startswith(PATHS)}
    known = {f"#/components/schemas/{name}" for name in SCHEMAS}
    waiting = [*_references(paths), *known]
    components: dict[str, dict[str, Any]] = {}
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name in components.setdefault(kind, {}):
            continue
        components[kind][name] = whole["components"][kind][name]
        waiting += _references(components[kind][name])
    return {"openapi": whole["openapi"], "paths": paths, "components": components}


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def as_json_schema(value: Any) -> Any:
    """Return a schema of OpenAPI 3.0 as JSON Schema: what is `nullable` may be null."""
    if isinstance(value, list):
        return [as_json_schema(each) for each in value]
    if not isinstance(value, dict):
        return value
    told = {name: as_json_schema(each) for name, each in value.items() if name != "nullable"}
    if value.get("nullable") is not True:
        return told
    if isinstance(told.get("type"), str) and "enum" not in told:
        return {**told, "type": [told["type"], "null"]}
    return {"anyOf": [told, {"type": "null"}]}


def resolved(description: Description, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema, or the one that it refers to."""
    while "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        schema = description["components"][kind][name]
    return schema
