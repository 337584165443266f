"""`passiton serve`: the web server in this process, workers beside it, both on embedded defaults."""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from domain.errors import Misconfigured
from pipeline import digests
from pipeline.crew import Crew, default_crew
from pipeline.housekeeping import keep_house
from pipeline.settings import ADDRESS, PREFIX, Settings
from pipeline.welcome import welcome
from pipeline.wiring import House, open_house
from publish_api import quiet
from publish_api.app import create_app
from store.events import Events

# A player asks every few seconds, and a phone pays for each new connection with three ways there and back. Longer than
# the minute for which proxies keep theirs to us: they would ask over one that we just let go of, and answer 502.
KEEP_ALIVE_S = 75


def serve(settings: Settings, *, host: str, port: int, worker: bool, greet: bool, say: Callable[[str], None]) -> None:
    """Runs until SIGTERM or SIGINT. `greet`: for a first look, with a person, a link and a sample."""
    listener = _listen(host, port)
    with open_house(settings) as house:
        crew = Crew(default_crew(house.keep_queue) if worker else (), worker_environment(house))
        config = uvicorn.Config(
            create_app(house.services),
            timeout_graceful_shutdown=5,
            timeout_keep_alive=KEEP_ALIVE_S,
            server_header=False,
            proxy_headers=True,
        )
        quiet.install()
        server = _Server(config, house.services.store.events)
        ended = threading.Event()
        housekeeper = threading.Thread(target=keep_house, args=(house, ended), daemon=True)
        housekeeper.start()
        postman = threading.Thread(target=keep_house, args=(house, ended, digests.send_by(settings)), daemon=True)
        postman.start()
        crew.start()
        if greet:
            threading.Thread(target=welcome, args=(house, server, f"http://{host}:{port}", say), daemon=True).start()
        # uvicorn ends well on SIGTERM and then raises the signal once more: it has to unwind us, not fell us.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            say(f"Pass It On is at {settings.public_url}")
            note_address(settings.data_dir, settings.public_url)
            with contextlib.suppress(KeyboardInterrupt):
                server.run(sockets=[listener])
        finally:
            ended.set()
            crew.stop()
            housekeeper.join()
            postman.join()


class _Server(uvicorn.Server):
    """Lets those who listen for events go when it ends: it would wait for them in vain."""

    def __init__(self, config: uvicorn.Config, events: Events) -> None:
        super().__init__(config)
        self._events = events

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._events.close()
        await super().shutdown(sockets)


def note_address(data: Path, url: str) -> None:
    """Where this house is served, for commands that print links and were not told."""
    aside = data / f"address.{os.getpid()}"
    aside.write_text(url)
    aside.rename(data / ADDRESS)


def worker_environment(house: House) -> dict[str, str]:
    """What a worker on this machine needs to reach the same house."""
    return {
        **os.environ,
        PREFIX + "DATABASE_URL": house.dsn,
        PREFIX + "DATA_DIR": str(house.settings.data_dir.resolve()),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]),
        # A process a core, one thread each: faster than one process with two threads.
        "OMP_NUM_THREADS": "1",
    }


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=1024)
    except OSError as error:
        raise Misconfigured(
            f"Something else already listens on {host}:{port}. Stop it, or choose another with --port.",
            code="port_taken",
        ) from error
