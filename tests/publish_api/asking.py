"""Requests that a route can read, made of what it says it takes: of its path, its query and its body's schema."""

import re
from collections.abc import Mapping
from typing import Any

from fastapi.routing import RouteContext
from pydantic import TypeAdapter

# The noun that stands before a name in braces, by the folder of the address; and names that say it themselves.
NOUNS = {
    "recordings": "recording", "clips": "clip", "review": "clip", "comments": "comment", "reels": "reel",
    "briefs": "brief", "takedowns": "takedown", "appearances": "appearance", "people": "person", "spaces": "space",
    "glossary": "glossary term", "vocabulary": "term", "tags": "term", "recalls": "recall", "covers": "cover",
    "uploads": "upload", "replacements": "act", "links": "link", "members": "somebody", "trusted": "somebody",
    "history": "clip",
    "saved": "clip",
    "sessions": "session", "tokens": "token", "space": "space", "shared-devices": "device",
    "notices": "notice", "inbox": "notice", "corrections": "correction",
    "reports": "report", "moderation": "report",
}  # fmt: skip
# What else an address may name: of no person and no space.
PLAIN = {
    "language": "es", "name": "480", "part": "0", "kind": "helped", "version": "2", "number": "1",
    "path": "css/tokens.css",
    "rendition": "0123456789abcdef", "piece": "0", "mac": "A" * 22, "token": "0" * 43, "device": "0123456789abcdef",
    "export": "0123456789abcdef",
}  # fmt: skip
# What an address says in words.
SPELT = {
    "following/{kind}/": "following/space/", "tags/{name:path}": "tags/valve",
    "clips/{id}/reactions/{kind}": "clips/{id}/reactions/useful",
}  # fmt: skip
# Addresses whose thing is of another kind than the folder says.
OTHERWISE = {"/api/v1/comments/{id}/acceptance": {"id": "answer"}}
# Fields of a body or a query that name a thing.
REFERS = {"space": "space", "spaces": "space", "clip": "clip", "clips": "clip", "recordings": "recording"}
# What a field takes where its schema does not tell.
SAID: dict[str, Any] = {
    "title": "Valves", "text": "Which valve?", "q": "valve", "find": "valve", "instead": "tap", "label": "Basins",
    "into": "Plumbing", "terms": "Valves\nTaps", "term": "Stopcock", "login": "newcomer", "name": "Nora Newcomer",
    "role": "learner", "start_ms": 1_000, "end_ms": 3_000, "at_ms": 1_000, "version": "1", "reason": "Wrong.",
    "words": "Wrong.", "language": "es", "days": "7", "state": "kept", "clip_at_ms": 1_000, "part": "seen",
    "act": "leaves", "add": ["hygiene"], "scope": "read",
}  # fmt: skip


_TUS = {
    "Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Offset": "0",
    "Content-Type": "application/offset+octet-stream",
}  # fmt: skip


def things_named(path: str) -> list[tuple[str, str]]:
    """The names in braces that stand for things, in order, each with its noun.

    Raises AssertionError for one of a noun that nobody has told us of.
    """
    found = []
    for folder, name in re.findall(r"(?:([\w-]+)/)?[^/{]*\{([^}:]+)[^}]*\}", _spelt(path)):
        noun = NOUNS.get(folder)
        if noun is None or name == "number":
            assert name in PLAIN, (
                f"{path}: what stands for {{{name}}}? Say its noun in tests/publish_api/asking.py (NOUNS), how one is "
                "made in household.py (_things), and who sees it in test_matrix.py (SIGHT)."
            )
            continue
        found.append((name, OTHERWISE.get(path, {}).get(name, noun)))
    return found


def address(path: str, ids: Mapping[str, str]) -> str:
    named = {name: ids[noun] for name, noun in things_named(path)}
    return re.sub(r"\{([^}:]+)[^}]*\}", lambda m: {**PLAIN, **named}[m[1]], _spelt(path))


def request_of(route: RouteContext, ids: Mapping[str, str]) -> dict[str, Any]:
    """Keywords of an httpx request: what is required, and which space is meant wherever that can be said."""
    asked: dict[str, Any] = {"headers": {"If-Match": "*"}}
    if "/uploads" in (route.path or ""):
        asked = {"headers": _TUS, "content": b"words" if "{" in (route.path or "") else b""}
    query = {field.alias: field for field in _taken(route, "query_params") if field.field_info.is_required()}
    if query:
        asked["params"] = {name: _value(name, _schema(field), {}, ids) for name, field in query.items()}
    fields = _taken(route, "body_params")
    if len(fields) == 1 and type(fields[0].field_info).__name__ == "Body":
        schema = _schema(fields[0])
        asked["json"] = _value("", schema, schema.get("$defs", {}), ids)
    elif fields:
        files = {each.alias for each in fields if type(each.field_info).__name__ == "File"}
        plain = [each for each in fields if each.alias not in files]
        schemas = {each.alias: _schema(each) for each in plain}
        asked["data"] = {name: _value(name, schema, schema.get("$defs", {}), ids) for name, schema in schemas.items()}
        if files:
            asked["files"] = dict.fromkeys(files, ("words.vtt", b"WEBVTT\n\n00:00.400 --> 00:07.000\nGire.\n"))
    return asked


def refers(route: RouteContext) -> list[str]:
    """The nouns that its query or its body names."""
    names = {field.alias for field in _taken(route, "query_params") if field.field_info.is_required()}
    for field in _taken(route, "body_params"):
        names |= {field.alias, *_schema(field).get("properties", {})}
    return sorted((REFERS[name] for name in names if name in REFERS), key=lambda noun: noun != "space")


def _spelt(path: str) -> str:
    for said, spelt in SPELT.items():
        path = path.replace(said, spelt)
    return path


def _taken(route: RouteContext, which: str) -> list[Any]:
    """FastAPI's fields; none of a route that Starlette has made."""
    found: list[Any] = getattr(getattr(route, "dependant", None), which, [])
    return found


def _schema(field: Any) -> dict[str, Any]:
    try:
        return TypeAdapter(field.field_info.annotation).json_schema()
    except Exception:  # a file
        return {}


def _value(name: str, schema: Mapping[str, Any], known: Mapping[str, Any], ids: Mapping[str, str]) -> Any:
    if "$ref" in schema:
        return _value(name, known[schema["$ref"].rpartition("/")[2]], known, ids)
    if "anyOf" in schema:
        return _value(name, schema["anyOf"][0], known, ids)
    if schema.get("type") == "array" and isinstance(SAID.get(name), list):
        return SAID[name]
    if schema.get("type") == "array":
        item = {"recordings": "recording", "clips": "clip", "spaces": "space"}.get(name, name)
        return [_value(item, schema.get("items", {}), known, ids)] if schema.get("minItems") or name in REFERS else []
    if schema.get("type") == "object" and "properties" in schema:
        wanted = {
            *schema.get("required", ()),
            *(each for each in schema["properties"] if each in REFERS or each == "add"),
        }
        wanted |= {next(iter(schema["properties"]))} if not wanted else set()  # or nothing would be asked for
        return {each: _value(each, schema["properties"][each], known, ids) for each in sorted(wanted)}
    if name in REFERS:
        return ids[REFERS[name]]
    if name in ids and name not in SAID:
        return ids[name]
    if name in SAID and "enum" not in schema:
        return SAID[name] if schema.get("type") != "integer" else int(SAID[name])
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return SAID[name] if SAID.get(name) in schema["enum"] else schema["enum"][0]
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}.get(schema.get("type", ""), "words")
