"""The upload routes as a server of their own: `uvicorn --factory tests.publish_api.uploads.server_app:create`.

What arrives is a file per upload under UPLOAD_TEST_FOLDER/arrived, so that tests in another process
see it; while UPLOAD_TEST_FOLDER/down is there, nothing can arrive. Tokens are logins.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request

from capture.intake import FinishedUpload, Intake
from domain.errors import Unauthenticated
from domain.person import Person, Role
from publish_api import access, errors, uploads

PEOPLE = {
    login: Person(UUID(int=number), f"{login:x<16}", login, login.title(), role)
    for number, (login, role) in enumerate(
        [("eva", Role.EXPERT), ("carl", Role.CURATOR), ("lea", Role.LEARNER)], start=1
    )
}


@dataclass(frozen=True)
class ArrivedFiles:
    folder: Path

    def arrive(self, upload: FinishedUpload) -> str:
        if (self.folder / "down").exists():
            raise ConnectionError("the database is away")
        (self.folder / "arrived").mkdir(exist_ok=True)
        with (self.folder / "arrived" / upload.upload_id).open("a") as file:
            file.write(f"{upload.byte_size} {upload.filename} {upload.media_type}\n")
        return f"recording-of-{upload.upload_id}"


@dataclass(frozen=True)
class SomeServices:
    """As much of publish_api.services.Services as uploads need."""

    intake: Intake
    store: Any = None


def by_login(request: Request) -> Person:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or token not in PEOPLE:
        raise Unauthenticated("Sign in first.")
    return PEOPLE[token]


def app_on(folder: Path, *, store: Any = None, **settings: Any) -> FastAPI:
    app = FastAPI()
    intake = Intake(
        folder / "staging", **{"max_bytes": 200_000_000, "arrivals": ArrivedFiles(folder), "free_floor": 0, **settings}
    )
    app.state.services = SomeServices(intake, store)
    app.dependency_overrides[access.who] = app.dependency_overrides[access.anybody] = by_login
    app.include_router(uploads.router)
    errors.install(app)

    @app.get("/ping")
    async def ping() -> str:
        return "here"

    return app


def create() -> FastAPI:
    if "UPLOAD_TEST_STALL_S" in os.environ:
        uploads._STALL_S = float(os.environ["UPLOAD_TEST_STALL_S"])
    app = app_on(Path(os.environ["UPLOAD_TEST_FOLDER"]), most_open=int(os.environ["UPLOAD_TEST_MOST_OPEN"]))
    app.state.services.intake.recover()
    return app
