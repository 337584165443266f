"""What the media route is measured against: files of a folder by Starlette's FileResponse, on the same server program.

No database, no rights, no addresses that can be taken back: python -m benchmarks.by_starlette FOLDER PORT
"""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route


def files(folder: Path) -> Starlette:
    async def one(request: Request) -> FileResponse:
        headers = {"Cache-Control": "public, max-age=86400, immutable"}
        return FileResponse(folder / request.path_params["name"], media_type="video/mp4", headers=headers)

    return Starlette(routes=[Route("/{name}", one)])


if __name__ == "__main__":
    uvicorn.run(files(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), server_header=False)
