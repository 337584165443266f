"""Commands on files, without server or database: what `passiton process` does whole, and its steps one by one.

Rooms are imported inside commands, as in cli.py.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import PassItOnError, Refused
from pipeline import settings as env
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.terminal import AsJson, as_error, print_json

app = typer.Typer()

Ladder = Annotated[str | None, typer.Option(help="Shorter sides of the video renditions, such as 1080,720.")]
Engine = Annotated[str | None, typer.Option(help="faster-whisper or openai-whisper.")]
Language = Annotated[str | None, typer.Option(help="Spoken language, such as en; detected when left out.")]
Glossary = Annotated[
    Path | None, typer.Option(help="Words of your own: one a line, behind a colon what is heard instead.")
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...")]
File = Annotated[Path, typer.Argument(metavar="FILE")]


@app.command()
def process(
    files: Files,
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    language: Language = None,
    glossary: Glossary = None,
    ladder: Ladder = None,
    mp4: Annotated[bool, typer.Option("--mp4", help="Also write every clip as an MP4.")] = False,
    engine: Engine = None,
    as_json: AsJson = False,
) -> None:
    """The whole way on files: renditions, words, clips, and a page that plays them."""
    from pipeline.process import folder_name
    from pipeline.process import process as run

    settings = env.read(os.environ)
    jail, speech, limits = _bench(settings, engine)
    heights, terms = _heights(ladder, settings), _terms(glossary)
    documents: list[dict[str, Any]] = []
    refused = failed = False
    for file in files:
        with Progress(file.name) as progress:
            try:
                manifest = run(
                    _existing(file), out, engine=speech, jail=jail, limits=limits, heights=heights,
                    language=language or settings.language, terms=terms, lengths=settings.lengths, mp4=mp4,
                    say=progress.step,
                )  # fmt: skip
                documents.append({"file": str(file), **manifest})
                progress.done(f"{len(manifest['clips'])} clips in {out / folder_name(file)}")  # type: ignore[arg-type]
            except PassItOnError as error:
                refused, failed = refused or isinstance(error, Refused), failed or not isinstance(error, Refused)
                documents.append({"file": str(file), **as_error(error)})
                progress.failed(error.message)
    if as_json:
        print_json(documents[0] if len(documents) == 1 else {"items": documents})
    if failed or refused:
        raise typer.Exit(1 if failed else 3)


@app.command()
def probe(file: File, as_json: AsJson = False) -> None:
    """Say what a file holds: size as shown, rotation, frame rate, sound."""
    from pipeline.documents import probe_document
    from transcode.jail import Jail
    from transcode.probe import probe as run

    document = probe_document(run(_existing(file), Jail()))
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        typer.echo(f"{name:15} {value}")


@app.command()
def transcribe(
    file: File,
    engine: Engine = None,
    language: Language = None,
    glossary: Glossary = None,
    words: Annotated[bool, typer.Option("--words", help="Print every word with its times.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write down what is said in a file."""
    from pipeline.documents import transcript_document
    from pipeline.steps import listening
    from transcode.probe import probe as look
    from transcode.sound import hear
    from transcribe.transcript import write_down

    settings, terms = env.read(os.environ), _terms(glossary)
    jail, speech, _ = _bench(settings, engine)
    with Progress(file.name) as progress:
        found = look(_existing(file), jail)
        sound = hear(file, found, jail)
        heard = listening(sound, file, found, jail)
        transcript = write_down(
            speech(), sound.samples, heard.pauses, found.duration_ms, language=language or settings.language,
            terms=terms, report=lambda fraction: progress.step("transcribe", fraction),
        )  # fmt: skip
    if as_json:
        print_json(transcript_document(transcript, heard.pauses))
    elif words:
        for word in transcript.words:
            typer.echo(f"{word.start_ms / 1000:9.2f} {word.end_ms / 1000:9.2f} {word.probability:5.2f} {word.text}")
    else:
        for sentence in transcript.sentences:
            typer.echo(sentence.text)


@app.command()
def captions(
    files: Files,
    check: Annotated[bool, typer.Option("--check", help="Say which rules of the trade are broken, and where.")] = False,
    srt: Annotated[bool, typer.Option("--srt", help="Write SubRip instead of WebVTT.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Write text, a sentence a line.")] = False,
    fillers: Annotated[bool, typer.Option("--fillers/--no-fillers", help="With “um” and “er”, or without.")] = True,
    language: Annotated[str | None, typer.Option(help="Of the files to be checked, such as de.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write captions from a TRANSCRIPT.json, or check caption files (.vtt, .srt) by the trade's rules.

    A TRANSCRIPT.json can be checked too: by the captions that would be written. A file that cannot be read is named,
    the others are checked all the same, and the exit code is 3.
    """
    from pipeline import captioning

    if not check:
        if len(files) != 1 or as_json or (srt and text):
            raise typer.BadParameter("Name one transcript, and one form: WebVTT, --srt or --text.")
        typer.echo(
            captioning.write(_existing(files[0]), "srt" if srt else "txt" if text else "vtt", fillers=fillers), nl=False
        )
        return
    documents, refused = [], False
    for file in files:
        try:
            measured = captioning.measure(_existing(file), language)
        except Refused as error:
            if len(files) == 1:
                raise
            refused = True
            documents.append({"file": str(file), **as_error(error)})
            said = [error.message]
        else:
            documents.append(captioning.document(file, *measured))
            said = captioning.lines(file, *measured)
        if not as_json:
            typer.echo("\n".join(said))
    if as_json:
        print_json({"items": documents})
    if refused:
        raise typer.Exit(3)


@app.command()
def cut(
    transcript: Annotated[Path, typer.Argument(metavar="TRANSCRIPT.json")],
    shortest: Annotated[float, typer.Option("--min", help="Shortest clip, in seconds.")] = 20,
    longest: Annotated[float, typer.Option("--max", help="Longest clip, in seconds.")] = 120,
    target: Annotated[float, typer.Option(help="The length clips should have, in seconds.")] = 45,
    as_json: AsJson = False,
) -> None:
    """Cut a transcript into clips."""
    from clip.propose import propose
    from domain.clip import Lengths
    from pipeline.documents import clip_documents, read_transcript

    if not 0 < shortest <= target <= longest:
        raise typer.BadParameter("--min, --target and --max have to rise, from above zero.")
    said, heard = read_transcript(_existing(transcript))
    limits = Lengths(min_ms=round(shortest * 1000), max_ms=round(longest * 1000), target_ms=round(target * 1000))
    clips = clip_documents(propose(said, heard, limits=limits))
    if as_json:
        print_json({"clips": clips})
        return
    for clip in clips:
        typer.echo(f"{clip['start_ms'] / 1000:9.2f} {clip['end_ms'] / 1000:9.2f}  {clip['title']}")


def _bench(settings: Settings, engine: str | None) -> tuple[Any, Any, Any]:
    """(jail, speech engine when first called, limits) for work on files."""
    from capture.policy import Limits
    from pipeline.wiring import speech_engine
    from transcode.jail import Jail

    if engine is not None:
        settings = replace(settings, whisper_engine=engine)
    limits = Limits(max_duration_ms=settings.max_duration_ms)
    return Jail(), speech_engine(settings), limits


def _heights(text: str | None, settings: Settings) -> tuple[int, ...]:
    if text is None:
        return settings.ladder
    try:
        return env.ladder(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no ladder: write whole numbers such as 1080,720.") from None


def _terms(file: Path | None) -> tuple[Any, ...]:
    """What a glossary file holds, the likeliest first. Raises Refused, Invalid."""
    from domain.glossary import read_terms

    if file is None:
        return ()
    try:
        return read_terms(_existing(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{file.name} cannot be read as text in UTF-8.", code="bad_glossary") from error


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise Refused(f"There is no file {file}.", code="no_such_file")
    return file
