"""The command line. Progress goes to stderr, results to stdout; `--json` prints one JSON document.

Exit 0: done. 2: the command was used wrongly. 3: the input was refused. 1: anything else.
Rooms are imported inside commands: `--help` should not load a speech engine.
"""

import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import Invalid, PassItOnError
from domain.person import Role
from domain.scope import Scope
from pipeline import on_files
from pipeline import settings as env
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.terminal import AsJson, as_error, exit_code, print_json

app = typer.Typer(
    name="passiton",
    help="Turns recordings of what people know into short clips that colleagues find, watch and talk about.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(on_files.app)
people_app = typer.Typer(help="People and how they sign in.", no_args_is_help=True)
app.add_typer(people_app, name="people")


def main() -> None:
    """The entry point: every error ends in words and an exit code, never in a traceback."""
    try:
        app()
    except PassItOnError as error:
        _say_error(error)
        sys.exit(exit_code(error))
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
    if not os.environ.get("PASSITON_PUBLIC_URL", "").strip():
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
        print_json({name: found for name, found in vars(report).items() if name != "others"})
    else:
        for line in report.lines():
            typer.echo(line)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what this machine has and what is missing."""
    from pipeline.doctor import examine

    findings = examine(_settings())
    if as_json:
        print_json({"findings": [vars(f) for f in findings]})
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'MEND'} {finding.what}: {finding.says}")
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


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
        print_json(outcome.document(alone=len(files) == 1 and not files[0].is_dir()))
    else:
        for address, file in outcome.addresses(server):
            typer.echo(f"{address}  {file}")
        typer.echo(outcome.summary, err=True)
    if outcome.errors:
        raise typer.Exit(min(exit_code(e) for e in outcome.errors))


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
        print_json({"id": person.public_id, "login": person.login, "url": url, "code": link.code})
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
        print_json({"login": person.login, "token": made})
    else:
        typer.echo(made)


# ---------------------------------------------------------------- between the lines


def _print_report(report: Any, where: str, *, as_json: bool) -> None:
    """Of a backup, or a restore. Raises Exit where it is not all."""
    if as_json:
        print_json(vars(report))
    else:
        objects = "in S3, which stay there" if report.objects is None else report.objects
        typer.echo(f"{where}. Recordings: {report.recordings}. Objects: {objects}.")
        for key in report.lost:
            typer.echo(f"Lost before: the database names {key}, and nothing is there.", err=True)
    if report.lost:
        raise typer.Exit(1)


def _settings() -> Settings:
    return env.read(os.environ)


def _say_error(error: PassItOnError) -> None:
    if "--json" in sys.argv:
        print_json(as_error(error))
    else:
        typer.echo(error.message, err=True)


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("procrastinate", "alembic", "httpx", "botocore", "psycopg.pool", "faster_whisper"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
