"""The app, built once for all tests: FastAPI works its routes out at the first request, for 0.15 s of a processor."""

from fastapi import FastAPI

from publish_api.app import create_app
from publish_api.guesses import Limits
from publish_api.services import Services

_built: list[FastAPI] = []


def served(services: Services) -> FastAPI:
    """The app on these services, and from now on on no others: for who needs two at once there is `create_app`."""
    if not _built:
        _built.append(create_app(services))
    [app] = _built
    app.state.services = services
    app.state.limits = Limits()  # what another test has tried is not held against this one
    return app
