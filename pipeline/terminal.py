"""What every command says, and how it ends: JSON on stdout, a refusal in words, an exit code."""

import json
import sys
from typing import Annotated

import typer

from domain.errors import PassItOnError, Refused

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


def print_json(document: object) -> None:
    said = json.dumps(document, ensure_ascii=False, indent=1)
    # A file's name may be bytes that are no text; JSON has a way to write those.
    sys.stdout.write(said.encode(errors="backslashreplace").decode() + "\n")


def as_error(error: PassItOnError) -> dict[str, dict[str, str]]:
    return {"error": {"code": error.code, "message": error.message}}


def exit_code(error: PassItOnError) -> int:
    return 3 if isinstance(error, Refused) else 1
