"""What a phone keeps of us: the record page and words for where there is no signal, a place on its home screen."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from publish_api.pages import static_files
from publish_api.pages.look import page

router = APIRouter(include_in_schema=False)

# As --paper in static/css/tokens.css: what a phone shows before the first page is there.
_LIGHT, _DARK = "#fbfaf7", "#181714"


@router.get("/offline")
def offline(request: Request) -> Response:
    """The same for everybody: it is kept on shared devices."""
    return page(request, "offline.html")


@router.get("/sw.js")
def service_worker() -> Response:
    """At the root, since a service worker looks after what lies beneath its own address.

    It says which release it is of: browsers take in another one as soon as a byte of it differs, and that one
    keeps its pages and files anew.
    """
    text = f'const RELEASE = "{static_files.version()}";\n{static_files.text("sw.js")}'
    return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/app.webmanifest")
def manifest() -> Response:
    """https://www.w3.org/TR/appmanifest/; the dark colours and share_target are Chromium's, others pass them over."""
    said: dict[str, Any] = {
        "id": "/",
        "name": "Pass It On",
        "short_name": "Pass It On",
        "description": "Short clips by colleagues who know how.",
        "lang": "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": _LIGHT,
        "theme_color": _LIGHT,
        "color_scheme_dark": {"background_color": _DARK, "theme_color": _DARK},
        "categories": ["education", "productivity"],
        "icons": [
            {"src": static_files.address("icons/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            _icon("icon-192.png", 192, "any"),
            _icon("icon-512.png", 512, "any"),
            _icon("maskable-192.png", 192, "maskable"),
            _icon("maskable-512.png", 512, "maskable"),
        ],
        "shortcuts": [
            {
                "name": "Record a tip",
                "short_name": "Record",
                "url": "/record",
                "icons": [_icon("icon-192.png", 192, "any")],
            },
            {"name": "Your recordings", "short_name": "Recordings", "url": "/recordings"},
        ],
        # Answered by the service worker; without it by pages/share.py.
        "share_target": {
            "action": "/share",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "files", "accept": ["video/*", "audio/*"]}]},
        },
    }
    return JSONResponse(said, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    """Of scripts/make_icons.py."""
    address = static_files.address(f"icons/{name}")
    return {"src": address, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
