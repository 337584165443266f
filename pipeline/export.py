"""`passiton process`: results as files that any static file server can serve."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from string import Template
from types import TracebackType
from typing import TYPE_CHECKING, Any

from domain.media import Fragment, FragmentRun, Kind, Rendering, Rendition, RenditionState, peak_bandwidth
from domain.span import Span
from pipeline.documents import clip_documents, recording_document, rendition_documents, transcript_document
from transcode import playlist
from transcode.download import Part, Track, join_mp4
from transcode.render import Landed
from transcribe import captions

if TYPE_CHECKING:
    from pipeline.process import Processed

PAGE = Path(__file__).with_name("page.html")
HLS_JS = Path(__file__).parents[1] / "publish_api" / "pages" / "static" / "vendor" / "hls.mjs"


class Shelf:
    """The folder of one file's results. Fragments are files of their own, as they have URLs of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._scratch = tempfile.TemporaryDirectory(prefix="passiton-")
        self.scratch = Path(self._scratch.name)
        self._codecs: dict[str, str] = {}
        self._fragments: dict[str, list[Fragment]] = {}

    def __enter__(self) -> "Shelf":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._scratch.cleanup()

    def put(self, renditions: Sequence[Rendition], landed: Landed) -> None:
        """Writes what has landed, each fragment under its number."""
        kinds = {r.name: r.kind for r in renditions}
        for name, (codec, init) in landed.inits.items():
            self._codecs[name] = codec
            if kinds[name] is not Kind.STILLS:
                self._file(name, "init", kinds[name]).write_bytes(init)
        for name, run in landed.runs.items():
            self._write(name, kinds[name], run.run, run.data)

    def rendering(self, renditions: Sequence[Rendition]) -> Rendering:
        return Rendering(
            True,
            tuple(
                RenditionState(
                    public_id=r.name,
                    rendition=r,
                    codec=self._codecs.get(r.name, ""),
                    bandwidth=peak_bandwidth(self._fragments.get(r.name, []), r.timescale),
                    fragments=tuple(self._fragments.get(r.name, ())),
                )
                for r in renditions
            ),
        )

    def track(self, state: RenditionState, numbers: range) -> Track:
        """Some of a rendition's fragments, after its initialisation segment."""
        name, kind = state.rendition.name, state.rendition.kind
        begins = Fraction(state.fragments[numbers.start].start, state.rendition.timescale)
        return Track(
            self._file(name, "init", kind).read_bytes(),
            begins,
            lambda: (self._file(name, str(number), kind).read_bytes() for number in numbers),
        )

    def _write(self, name: str, kind: Kind, run: FragmentRun, data: bytes) -> None:
        at = 0
        for fragment in run:
            self._file(name, str(fragment.number), kind).write_bytes(data[at : at + fragment.size])
            at += fragment.size
        self._fragments.setdefault(name, []).extend(run)

    def _file(self, name: str, piece: str, kind: Kind) -> Path:
        path = self.root / "renditions" / name / piece_name(piece, kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def piece_name(piece: str, kind: Kind) -> str:
    """The file of a fragment or of the initialisation segment."""
    if kind is Kind.STILLS:
        return f"{piece}.jpg"
    return "init.mp4" if piece == "init" else f"{piece}.m4s"


def write(shelf: Shelf, done: "Processed", *, mp4: bool) -> dict[str, Any]:
    """Everything but the fragments, which are there already. Returns the manifest."""
    root, rendering = shelf.root, done.rendering
    cues = captions.cues(done.transcript.words, done.transcript.sentences, done.transcript.language)
    whole = Span(0, done.heard.plan.duration_ms)
    language = done.transcript.language if done.transcript.words else None
    manifest = {
        "recording": recording_document(done.probe, done.sha256, language),
        "renditions": rendition_documents(rendering),
        "clips": clip_documents(done.proposals),
        "timings": done.timings,
        "first_playable_s": done.first_playable_s,
    }
    _json(root / "manifest.json", manifest)
    _json(root / "transcript.json", transcript_document(done.transcript, done.heard.pauses))
    (root / "captions.vtt").write_text(captions.webvtt([(cues, whole)]), encoding="utf-8")
    (root / "storyboard.vtt").write_text(playlist.storyboard([_part(done, whole, "")]), encoding="utf-8")
    _poster(shelf, whole)
    for number, proposal in enumerate(done.proposals):
        folder = root / "clips" / str(number)
        folder.mkdir(parents=True)
        parts = [_part(done, proposal.span, "../../")]
        (folder / "index.m3u8").write_text(playlist.master(parts, lambda name: f"{name}.m3u8"))
        for name in playlist.names(parts):
            (folder / f"{name}.m3u8").write_text(playlist.media(parts, name))
        shown = [(cues, span) for span in playlist.shown(parts) if span is not None]
        (folder / "captions.vtt").write_text(captions.webvtt(shown), encoding="utf-8")
        if mp4:
            join_mp4([_best(shelf, part) for part in parts], folder / "clip.mp4")
    _page(root, done)
    return manifest


def _part(done: "Processed", span: Span, up: str) -> playlist.Part:
    kinds = {s.public_id: s.rendition.kind for s in done.rendering.renditions}

    def url(rendition: str, piece: playlist.Piece) -> str:
        return f"{up}renditions/{rendition}/{piece_name(str(piece), kinds[rendition])}"

    return playlist.Part(span, done.heard.plan, done.rendering, url)


def _best(shelf: Shelf, part: playlist.Part) -> Part:
    """The largest picture and the sound of what a clip shows."""
    played = playlist.played(part)
    states = [*part.rendering.pictures[:1], *([part.rendering.sound] if part.rendering.sound else [])]
    return Part((played.end - played.first) / part.plan.fps, [shelf.track(state, played.whole) for state in states])


def _poster(shelf: Shelf, whole: Span) -> None:
    """The still nearest to a third of the recording: beginnings are often a hand on the lens."""
    stills = sorted((shelf.root / "renditions" / "stills").glob("*.jpg"), key=lambda path: int(path.stem))
    if stills:
        shutil.copyfile(stills[len(stills) // 3], shelf.root / "poster.jpg")


def _page(root: Path, done: "Processed") -> None:
    clips = "\n".join(
        f'    <li><button type="button" data-clip="{number}" data-text="{escape(p.text)}"><b>{escape(p.title)}</b>'
        f"<small>{_clock(p.span.start_ms)}–{_clock(p.span.end_ms)} {escape(' · '.join(p.tags))}</small></button></li>"
        for number, p in enumerate(done.proposals)
    )
    page = Template(PAGE.read_text(encoding="utf-8")).substitute(
        language=done.transcript.language, name=escape(done.name), clips=clips
    )
    (root / "index.html").write_text(page, encoding="utf-8")
    if HLS_JS.exists():
        shutil.copyfile(HLS_JS, root / "hls.mjs")


def _json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"
