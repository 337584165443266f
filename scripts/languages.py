"""Brings the catalogues of publish_api/languages/ up to date with the sources: python -m scripts.languages [--check]

Every sentence of a template, module or Python file that is marked (publish_api/tongue.py says how) gets its place in
each catalogue, and leaves it when it is said no more. With --check nothing is written: what is out of date is printed,
and so is each translation that lacks a place, or has markup or a quotation mark that its sentence has not.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "publish_api" / "languages"
_PAGES = "publish_api/pages"
_JINJA = "jinja2.ext.babel_extract"
# Errors say what was wrong in their first argument, and are translated where they become answers.
_ERRORS = {"Conflict", "Forbidden", "Gone", "Invalid", "NotFound", "Refused", "TooLarge", "TooMany"}
_ERRORS |= {"Unauthenticated", "Unavailable"}
_CALLS = {"_", "say", "phrase", "ngettext"} | _ERRORS
_ROOMS = ["capture", "clip", "domain", "publish_api", "publish_api/pages", "store", "transcode"]
_TEMPLATES = {"_": None, "gettext": None, "ngettext": (1, 2)}  # {% trans %} stands for gettext
_OPTIONS = {"trimmed": "true", "silent": "false"}
_STRING = r'"((?:[^"\\]|\\.)*)"'
_IN_SCRIPTS = re.compile(rf"(?<![\w.$])(_|ngettext)\(\s*{_STRING}(?:\s*,\s*{_STRING})?")
_PLACE = re.compile(r"%\((\w+)\)[sd]|%%")
_MARKUP = re.compile(r"<[^>]*>|\"|&(?!amp;|D\b)\w+;")


def main() -> int:
    template = sentences()
    troubles = []
    for path in catalogues():
        catalogue = read(path)
        if "--check" in sys.argv:
            troubles += stale(template, catalogue) + wrong(catalogue)
        else:
            catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
            catalogue.obsolete.clear()
            _write(path, catalogue)
    print(*troubles, sep="\n")
    return 1 if troubles else 0


def catalogues() -> list[Path]:
    return sorted(FOLDER.glob("*.po"))


def sentences() -> Catalog:
    """All that is said in the sources."""
    found = Catalog(charset="utf-8")
    for path in sorted(path for room in _ROOMS for path in (ROOT / room).glob("*.py")):
        _add(found, path, _in_python(path))
    for path in sorted((ROOT / _PAGES / "templates").iterdir()):
        _add(found, path, (message for _, message, *_ in extract_from_file(_JINJA, path, _TEMPLATES, options=_OPTIONS)))
    for path in sorted((ROOT / _PAGES / "static" / "js").glob("*.js")):
        _add(found, path, _in_script(path))
    return found


def _add(found: Catalog, path: Path, messages: Iterable[str | tuple[str, ...]]) -> None:
    for message in messages:
        found.add(message, locations=[(str(path.relative_to(ROOT)), 0)])


def _in_python(path: Path) -> Iterator[str | tuple[str, ...]]:
    """Not what is put together as it runs: of an f-string Babel would take the half that stands still."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in _CALLS:
            continue
        said = [each.value for each in node.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name == "ngettext" and len(said) == 2:
            yield tuple(said)
        elif said and isinstance(node.args[0], ast.Constant):
            yield said[0]


def _in_script(path: Path) -> Iterator[str | tuple[str, ...]]:
    """Babel reads JavaScript, but nothing inside a template string or another call. Ours is written in one way."""
    for call, one, many in _IN_SCRIPTS.findall(path.read_text()):
        yield (one, many) if call == "ngettext" else one


def stale(template: Catalog, catalogue: Catalog) -> list[str]:
    """What the sources say and the catalogue lacks, or has and nobody says any more."""
    said, kept = ({_key(m.id) for m in each if m.id} for each in (template, catalogue))
    lacks = [f"{catalogue.locale}: lacks {each!r}: run `make languages`" for each in sorted(said - kept)]
    return lacks + [f"{catalogue.locale}: nobody says {each!r} any more" for each in sorted(kept - said)]


def wrong(catalogue: Catalog) -> list[str]:
    """Translations that could not be filled in, or would be read as markup where their sentence is not."""
    return [
        f"{catalogue.locale}: {_key(message.id)!r} has {sorted(_PLACE.findall(form))} and {_MARKUP.findall(form)}"
        for message in catalogue
        if message.id
        for form in _forms(message)
        if not _fits(message, form)
    ]


def _fits(message: Message, form: str) -> bool:
    sources = (message.id,) if isinstance(message.id, str) else message.id
    places = set(_PLACE.findall(sources[-1]))
    here = set(_PLACE.findall(form))
    # "one minute" needs no number.
    filled = here <= places and places - here <= ({"num"} if message.pluralizable else set())
    markup = [sorted(_MARKUP.findall(each)) for each in (*sources, form)]
    return filled and markup[-1] in markup[:-1]


def _forms(message: Message) -> Iterator[str]:
    forms = (message.string,) if isinstance(message.string, str) else message.string or ()
    return (form for form in forms if isinstance(form, str) and form)


def _key(id: str | Sequence[str]) -> str:  # noqa: A002
    return id if isinstance(id, str) else id[0]


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def _write(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False, omit_header=False)


if __name__ == "__main__":
    sys.exit(main())
