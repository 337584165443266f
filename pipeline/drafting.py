"""Who drafts a clip's title, summary and question: a language model where one is set, else what is said itself."""

import logging
from collections.abc import Sequence

from clip.drafter import SCHEMA, Draft, checked, extractive, messages
from domain.errors import Invalid, Misconfigured, Unavailable
from domain.transcript import Sentence
from pipeline.settings import Settings
from publish_api.services import Drafting
from reach.language_model import LIMIT_S, Endpoint, ask

log = logging.getLogger(__name__)


def drafting(settings: Settings, *, limit_s: float = LIMIT_S) -> Drafting:
    """Raises Misconfigured where an address is set and no model."""
    if settings.llm_base_url is None:
        return extractive
    if settings.llm_model is None:
        raise Misconfigured("PASSITON_LLM_BASE_URL is set: set PASSITON_LLM_MODEL too, to the model’s name there.")
    endpoint = Endpoint(settings.llm_base_url, settings.llm_model, settings.llm_api_key)

    def draft(sentences: Sequence[Sentence], language: str, others: Sequence[str] = ()) -> Draft:
        if sentences:
            try:
                answer = ask(endpoint, messages(sentences, language), SCHEMA, limit_s=limit_s)
                return checked(answer, sentences, language, by=endpoint.model)
            except (Invalid, Unavailable) as trouble:  # without a word of the answer: it may be anything
                log.warning("%s %s", trouble.message, trouble.__cause__ or "")
        return extractive(sentences, language, others)

    return draft
