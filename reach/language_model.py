"""A language model behind an OpenAI-compatible endpoint: on this machine, in the house, or somebody's.

What enters: messages, and the schema of the answer. What leaves: the text of the answer, whose meaning nobody here
knows. One request, no retries, no redirects (the key goes to nobody else), a limit of time and size. Off unless an
address is set: nothing that is said leaves the house before that.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.errors import Unavailable

LIMIT_S = 20.0  # a curator waits
MOST_BYTES = 64 * 1024
MOST_TOKENS = 400


@dataclass(frozen=True)
class Endpoint:
    """`base_url` as such servers give it, with /v1 at the end: http://127.0.0.1:11434/v1"""

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)


def ask(
    endpoint: Endpoint, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], *, limit_s: float = LIMIT_S
) -> str:
    """What the model answers, asked for JSON of this schema. Raises Unavailable, whatever goes wrong."""
    body = {
        "model": endpoint.model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)},
        },
    }
    headers = {"Accept-Encoding": "identity"}  # what is packed could be of any size
    if endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key}"
    try:
        answer = asyncio.run(_posted(f"{endpoint.base_url.rstrip('/')}/chat/completions", body, headers, limit_s))
        found = json.loads(answer)
        content = found["choices"][0]["message"]["content"]
    except (OSError, httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError, RecursionError) as cause:
        raise Unavailable("The language model did not answer as it should.", code="no_draft") from cause
    if not isinstance(content, str):
        raise Unavailable("The language model did not answer as it should.", code="no_draft")
    return content


async def _posted(url: str, body: Mapping[str, Any], headers: Mapping[str, str], limit_s: float) -> bytes:
    """The answer's bytes. One that trickles in, be it byte by byte, is left when its time is over (TimeoutError)."""
    received = b""
    async with (
        asyncio.timeout(limit_s),
        httpx.AsyncClient(timeout=limit_s, trust_env=False) as client,
        client.stream("POST", url, json=body, headers=headers) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise ValueError(f"status {answer.status_code}")
        async for chunk in answer.aiter_raw():
            received += chunk
            if len(received) > MOST_BYTES:
                raise ValueError("too long")
    return received
