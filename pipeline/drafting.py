"""Who drafts a clip's title, summary and question: a language model where one is set, else what is said itself."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from clip.drafter import SCHEMA, Draft, checked, extractive, messages
from domain.errors import Invalid, Misconfigured, Unavailable
from domain.transcript import Sentence
from pipeline.settings import Settings
from publish_api.services import Drafting
from reach.language_model import LIMIT_S, Endpoint, ask

_AT_ONCE = 4  # who waits for a model: each keeps a thread that others need, for as long as it may take

log = logging.getLogger(__name__)


def drafting(settings: Settings, *, limit_s: float = LIMIT_S) -> Drafting:
    """Raises Misconfigured where an address is set and no model."""
    if settings.llm_base_url is None:
        return extractive
    if settings.llm_model is None:
        raise Misconfigured("PASSITON_LLM_BASE_URL is set: set PASSITON_LLM_MODEL too, to the model’s name there.")
    endpoint = Endpoint(settings.llm_base_url, settings.llm_model, settings.llm_api_key)
    seats = threading.BoundedSemaphore(_AT_ONCE)

    def draft(sentences: Sequence[Sentence], language: str, others: Sequence[str] = ()) -> Draft:
        if sentences:
            try:
                with _seat(seats):
                    answer = ask(endpoint, messages(sentences, language), SCHEMA, limit_s=limit_s)
                return checked(answer, sentences, language, by=endpoint.model)
            except (Invalid, Unavailable) as trouble:  # without a word of the answer: it may be anything
                log.warning("%s %s", trouble.message, trouble.__cause__ or "")
        return extractive(sentences, language, others)

    return draft


@contextmanager
def _seat(seats: threading.BoundedSemaphore) -> Iterator[None]:
    """Raises Unavailable at once where none is free."""
    if not seats.acquire(blocking=False):
        raise Unavailable("Too many drafts are being asked for at once.", code="no_draft")
    try:
        yield
    finally:
        seats.release()
