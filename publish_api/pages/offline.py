"""What a phone keeps of us: words for where there is no signal, and a place on its home screen."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from publish_api.pages import static_files
from publish_api.pages.look import page

router = APIRouter(include_in_schema=False)


@router.get("/offline")
def offline(request: Request) -> Response:
    """The same for everybody: it is kept on shared devices."""
    return page(request, "offline.html")


@router.get("/sw.js")
def service_worker() -> Response:
    """At the root, since a service worker looks after what lies beneath its own address."""
    return FileResponse(
        static_files.FOLDER / "sw.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@router.get("/app.webmanifest")
def manifest() -> Response:
    said: dict[str, Any] = {
        "name": "Pass It On",
        "short_name": "Pass It On",
        "description": "Short clips by colleagues who know how.",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#0b665d",
        "icons": [{"src": static_files.address("icons/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
        "shortcuts": [{"name": "Record a tip", "url": "/record"}],
    }
    return JSONResponse(said, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})
