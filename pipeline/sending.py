"""`passiton upload`: files and folders to a server, and what is said of it at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import PassItOnError, Refused
from pipeline.progress import Progress
from pipeline.to_send import to_send
from pipeline.upload import Uploaded, upload


@dataclass(frozen=True)
class Sending:
    """What became of all that was to be sent."""

    results: tuple[Uploaded, ...]
    left_out: tuple[Path, ...]  # of folders: has a recording's name, and is none

    @property
    def errors(self) -> list[PassItOnError]:
        return [result.error for result in self.results if result.error is not None]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "sent": sum(not result.already and result.error is None for result in self.results),
            "already_there": sum(result.already and result.error is None for result in self.results),
            "refused": len(self.errors),
            "left_out": len(self.left_out),
        }

    @property
    def summary(self) -> str:
        sent, there, refused, left_out = self.counts.values()
        said = [f"{sent} sent", f"{there} already there", f"{refused} not accepted"]
        return ", ".join(said) + (f", {left_out} left out: not video or sound" if left_out else "") + "."

    def addresses(self, server: str) -> Iterable[tuple[str, Path]]:
        """Where people see each of the recordings."""
        for result in self.results:
            if result.recording is not None and result.error is None:
                yield f"{server.rstrip('/')}/recordings/{result.recording}", result.path

    def document(self, *, alone: bool) -> dict[str, Any]:
        """For `--json`: the same for one file and for many. What is said of one that was named alone is also beside
        its item, as scripts have always read it.
        """
        items = [_document(result) for result in self.results]
        own = items[0] if alone else {}
        return {**own, "items": items, "left_out": [str(path) for path in self.left_out], "summary": self.counts}


def send(paths: Sequence[Path], server: str, token: str, progress: Progress, *, metadata: Mapping[str, str]) -> Sending:
    """Sends files, and what looks like a recording in folders. Raises Refused when there is nothing to send."""
    chosen = to_send(paths)
    for path in chosen.left_out:
        progress.ended(path, "left out: it does not begin as video or sound does", well=False)
    if not chosen.files:
        raise Refused("There is no video or sound in there to send.", code="nothing_to_send")
    given = {key: value for key, value in metadata.items() if value}
    results = upload(
        chosen.files,
        server,
        token,
        report=progress.bytes,
        ended=lambda result: progress.ended(result.path, _said(result), well=result.error is None),
        metadata=given,
        skip_known=True,
    )
    return Sending(tuple(results), chosen.left_out)


def _said(result: Uploaded) -> str:
    if result.error is not None:
        return result.error.message
    return "already there" if result.already else "sent"


def _document(result: Uploaded) -> dict[str, Any]:
    said: dict[str, Any] = {"file": str(result.path), "already": result.already}
    if result.recording is not None:
        said["recording"] = result.recording
    if result.error is not None:
        said["error"] = {"code": result.error.code, "message": result.error.message}
    return said
