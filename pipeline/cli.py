"""The command line. Progress goes to stderr, results to stdout; `--json` prints one JSON document.

Exit 0: done. 2: the command was used wrongly. 3: the input was refused. 1: anything else.
Rooms are imported inside commands: `--help` should not load a speech engine.
"""

import json
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import Invalid, PassItOnError, Refused
from domain.person import Role
from domain.scope import Scope
from pipeline import settings as env
from pipeline.progress import Progress
from pipeline.settings import Settings

app = typer.Typer(
    name="passiton",
    help="Turns recordings of what people know into short clips that colleagues find, watch and talk about.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
people_app = typer.Typer(help="People and how they sign in.", no_args_is_help=True)
app.add_typer(people_app, name="people")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Ladder = Annotated[str | None, typer.Option(help="Shorter sides of the video renditions, such as 1080,720.")]
Engine = Annotated[str | None, typer.Option(help="faster-whisper or openai-whisper.")]
Language = Annotated[str | None, typer.Option(help="Spoken language, such as en; detected when left out.")]
Glossary = Annotated[
    Path | None, typer.Option(help="Words of your own: one a line, behind a colon what is heard instead.")
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...")]
File = Annotated[Path, typer.Argument(metavar="FILE")]


def main() -> None:
    """The entry point: every error ends in words and an exit code, never in a traceback."""
    try:
        app()
    except PassItOnError as error:
        _say_error(error)
        sys.exit(_exit_code(error))
    except KeyboardInterrupt:
        sys.exit(1)
    except Exception as error:
        logging.getLogger(__name__).debug("unexpected", exc_info=True)
        fault = PassItOnError(f"Something went wrong that should not: {type(error).__name__}: {error}", code="internal")
        _say_error(fault)
        sys.exit(1)


# ---------------------------------------------------------------- servers


@app.command()
def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    data: Annotated[Path | None, typer.Option(help="Where everything is kept (PASSITON_DATA_DIR).")] = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Also run worker processes.")] = True,
    welcome: Annotated[bool, typer.Option(help="Print a sign-in link, and send a sample the first time.")] = False,
) -> None:
    """Run the web server, with workers beside it."""
    from pipeline.serve import serve as run

    settings = _settings()
    if data is not None:
        settings = replace(settings, data_dir=data)
    if "PASSITON_PUBLIC_URL" not in os.environ:
        settings = replace(settings, public_url=f"http://{host}:{port}")
    _log()
    run(settings, host=host, port=port, worker=worker, greet=welcome, say=lambda line: print(line, flush=True))


@app.command()
def work(
    queues: Annotated[str, typer.Option(help="media, speech, light, reels; the urgent first.")] = "media,speech,light",
    slots: Annotated[int, typer.Option(min=1, help="Worker processes; about one a core.")] = 1,
    nice: Annotated[int, typer.Option(min=0, max=19, help="Leave the processor to others, as nice(1) counts.")] = 0,
    tied: Annotated[bool, typer.Option(hidden=True, help="End when stdin closes.")] = False,
) -> None:
    """Run workers on this machine, for a server elsewhere with the same settings."""
    from pipeline.worker import work as run

    _log()
    run(_settings(), tuple(q.strip() for q in queues.split(",") if q.strip()), slots=slots, nice=nice, tied=tied)


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    from pipeline.wiring import database

    with database(_settings()):
        typer.echo("The tables are up to date.", err=True)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new one: it is there once it is whole.")],
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept into a new folder, while the server runs."""
    from pipeline.backup import back_up
    from pipeline.wiring import now

    with Progress("backup") as progress:
        report = back_up(_settings(), folder, now(), progress.step)
    _print_report(report, f"Saved in {folder}", as_json=as_json)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Written by `passiton backup`.")],
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty place: a new PASSITON_DATA_DIR, and a new database where you have your own."""
    from pipeline.backup import restore as run

    settings = _settings()
    with Progress("restore") as progress:
        report = run(settings, folder, progress.step)
    _print_report(report, f"Restored to {settings.data_dir}", as_json=as_json)


@app.command("render-again")
def render_again(
    recordings: Annotated[
        list[str] | None, typer.Argument(metavar="RECORDING...", help="As in their addresses.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that are made otherwise than the settings say.")] = False,
    as_json: AsJson = False,
) -> None:
    """Have workers render recordings again, with the renditions that the settings say.

    Each plays as it is until the new renditions are whole. Clips, links and comments stay as they are.
    The same command again says how far it has come.
    """
    from pipeline import again
    from pipeline.wiring import open_house

    if bool(recordings) == every:
        raise typer.BadParameter("Name recordings, or write --all.")
    with open_house(_settings()) as house:
        report = again.begin(house.services.store, recordings or [], house.wanted, house.render_again)
    if as_json:
        _print_json({name: found for name, found in vars(report).items() if name != "others"})
    else:
        for line in report.lines():
            typer.echo(line)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what this machine has and what is missing."""
    from pipeline.doctor import examine

    findings = examine(_settings())
    if as_json:
        _print_json({"findings": [vars(f) for f in findings]})
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'MEND'} {finding.what}: {finding.says}")
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


# ---------------------------------------------------------------- files, without a server


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

    settings = _settings()
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
                documents.append({"file": str(file), **_as_error(error)})
                progress.failed(error.message)
    if as_json:
        _print_json(documents[0] if len(documents) == 1 else {"items": documents})
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
        _print_json(document)
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

    settings, terms = _settings(), _terms(glossary)
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
        _print_json(transcript_document(transcript, heard.pauses))
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
            documents.append({"file": str(file), **_as_error(error)})
            said = [error.message]
        else:
            documents.append(captioning.document(file, *measured))
            said = captioning.lines(file, *measured)
        if not as_json:
            typer.echo("\n".join(said))
    if as_json:
        _print_json({"items": documents})
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
        _print_json({"clips": clips})
        return
    for clip in clips:
        typer.echo(f"{clip['start_ms'] / 1000:9.2f} {clip['end_ms'] / 1000:9.2f}  {clip['title']}")


# ---------------------------------------------------------------- a server elsewhere, and its people


@app.command()
def upload(
    files: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...")],
    server: Annotated[str, typer.Option(help="Such as https://tips.example.com")],
    token: Annotated[str, typer.Option(envvar="PASSITON_TOKEN", help="From `passiton token LOGIN`.")],
    space: Annotated[str | None, typer.Option(metavar="ID", help="Put them in this space.")] = None,
    brief: Annotated[str | None, typer.Option(metavar="ID", help="They answer this brief.")] = None,
    speaker: Annotated[str, typer.Option(metavar="NAME", help="Somebody else speaks in them, and is asked.")] = "",
    i_speak: Annotated[bool, typer.Option("--i-speak", help="You speak in them, and agree to be shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send recordings to a server, also whole folders of them.

    The same command again goes on where it was interrupted, and passes over what the server has already. Nothing is
    published before whoever speaks has agreed: they are asked, unless you say --i-speak.
    """
    from domain.consent import SENDING_SAYS, TERMS_VERSION
    from pipeline import sending

    if i_speak and speaker:
        raise typer.BadParameter("Either you speak in them or somebody else: --i-speak or --speaker.")
    typer.echo(SENDING_SAYS if i_speak else "Whoever speaks in it is asked before anything is published.", err=True)
    said = {"space": space or "", "brief": brief or "", "speaker": speaker}
    with Progress("upload") as progress:
        terms = {"terms": str(TERMS_VERSION)} if i_speak else {}
        outcome = sending.send(files, server, token, progress, metadata={**said, **terms})
    if as_json:
        _print_json(outcome.document(alone=len(files) == 1 and not files[0].is_dir()))
    else:
        for address, file in outcome.addresses(server):
            typer.echo(f"{address}  {file}")
        typer.echo(outcome.summary, err=True)
    if outcome.errors:
        raise typer.Exit(min(_exit_code(e) for e in outcome.errors))


@people_app.command("add")
def people_add(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    role: Role = Role.LEARNER,
    email: Annotated[str | None, typer.Option(help="Not needed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a person, and print a link and a code to sign in with."""
    from domain.person import login_name
    from pipeline.wiring import now, open_house
    from store import credentials, people

    with open_house(_settings()) as house, house.services.store.transaction() as tx:
        person = people.add_person(tx, login=login_name(login), name=name, role=role, email=email)
        link = credentials.new_sign_in_link(tx, person.id, now=now())
    url = f"{house.settings.public_url}/sign-in/{link.token}"
    if as_json:
        _print_json({"id": person.public_id, "login": person.login, "url": url, "code": link.code})
    else:
        typer.echo(f"{person.name} signs in at {url}\nor with the login name {person.login} and the code {link.code}.")


@app.command()
def token(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What for; more than once. All, without it.")] = None,
    name: Annotated[str, typer.Option(help="What they know it by, on the page of their account.")] = "command line",
    days: Annotated[int | None, typer.Option(min=1, help="It works for so long; without it, until taken back.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an API token for a person. It is shown once."""
    from datetime import timedelta

    from domain.scope import EVERYTHING
    from pipeline.wiring import now, open_house
    from store import credentials, people

    with open_house(_settings()) as house, house.services.store.transaction() as tx:
        person = people.person_by_login(tx, login.strip().lower())
        if person is None:
            raise Invalid(
                f"Nobody here is called {login}. Add them with: passiton people add {login} --name NAME",
                code="no_person",
            )
        expires_at = now() + timedelta(days=days) if days else None
        made = credentials.new_api_token(tx, person.id, name, scopes=scope or EVERYTHING, expires_at=expires_at)
    if as_json:
        _print_json({"login": person.login, "token": made})
    else:
        typer.echo(made)


# ---------------------------------------------------------------- between the lines


def _print_report(report: Any, where: str, *, as_json: bool) -> None:
    """Of a backup, or a restore. Raises Exit where it is not all."""
    if as_json:
        _print_json(vars(report))
    else:
        objects = "in S3, which stay there" if report.objects is None else report.objects
        typer.echo(f"{where}. Recordings: {report.recordings}. Objects: {objects}.")
        for key in report.lost:
            typer.echo(f"Lost before: the database names {key}, and nothing is there.", err=True)
    if report.lost:
        raise typer.Exit(1)


def _settings() -> Settings:
    return env.read(os.environ)


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


def _as_error(error: PassItOnError) -> dict[str, dict[str, str]]:
    return {"error": {"code": error.code, "message": error.message}}


def _say_error(error: PassItOnError) -> None:
    if "--json" in sys.argv:
        _print_json(_as_error(error))
    else:
        typer.echo(error.message, err=True)


def _exit_code(error: PassItOnError) -> int:
    return 3 if isinstance(error, Refused) else 1


def _print_json(document: object) -> None:
    said = json.dumps(document, ensure_ascii=False, indent=1)
    # A file's name may be bytes that are no text; JSON has a way to write those.
    sys.stdout.write(said.encode(errors="backslashreplace").decode() + "\n")


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("procrastinate", "alembic", "httpx", "botocore", "psycopg.pool", "faster_whisper"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
