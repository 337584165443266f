"""A comment's text as HTML: a little Markdown, colleagues by name, times that lead to their second.

Bold, italics, lists, code and links, and nothing else: no headings, no pictures, no HTML of the writer's own. Rendered
when it is read, by markdown-it with HTML off, and what that makes goes through nh3: either alone would do.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from domain import said

_RULES = ["emphasis", "backticks", "fence", "list", "link", "autolink", "newline", "escape"]
_SCHEMES = {"http", "https", "mailto"}
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "code", "pre", "a", "b"}
_ATTRIBUTES = {"a": {"href", "target", "data-ms"}, "b": {"class"}, "ol": {"start"}}
_NESTED = 24  # two for a list in a list; what goes deeper is shown as it was typed

_ADDRESS = r"(?P<address>https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]*_])"
_POINTS = re.compile(f"{_ADDRESS}|{said.MENTION}|{said.TIME}")


@dataclass(frozen=True)
class Points:
    """What a text points at: names by login, and clip milliseconds by the milliseconds that were written."""

    names: Mapping[str, str] = field(default_factory=dict)
    moments: Mapping[int, int] = field(default_factory=dict)


def html(text: str, points: Points) -> Markup:
    """Safe to put into a page, whatever the text is."""
    tokens = _MARKDOWN.parse(text)
    if any(token.level >= _NESTED - 1 for token in tokens):  # what is nested deeper has been left out
        return Markup("<p>{}</p>").format(text)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_pointed(token.children or (), points))
    drawn = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(  # noqa: S704 - that is what nh3 is for
        nh3.clean(
            drawn, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="nofollow ugc noopener noreferrer"
        ).strip()
    )


def _pointed(tokens: Sequence[Token], points: Points) -> Iterator[Token]:
    """Text outside of links and code, with what it points at."""
    inside = 0
    for token in tokens:
        if token.type == "link_open":
            inside += 1
            token.attrSet("target", "_blank")  # the clip plays on
        elif token.type == "link_close":
            inside -= 1
        if token.type == "text" and not inside and _POINTS.search(token.content):
            drawn = Token("html_inline", "", 0)
            drawn.content = "".join(_pieces(token.content, points))
            yield drawn
        else:
            yield token


def _pieces(text: str, points: Points) -> Iterator[str]:
    done = 0
    for found in _POINTS.finditer(text):
        yield escape(text[done : found.start()])
        yield _piece(found, points)
        done = found.end()
    yield escape(text[done:])


def _piece(found: "re.Match[str]", points: Points) -> str:
    written = escape(found[0])
    if found["address"]:
        return f'<a href="{written}" target="_blank">{written}</a>'
    if found["login"]:
        name = points.names.get(found["login"].lower())
        return written if name is None else f'<b class="mention">@{escape(name)}</b>'
    clip_ms = points.moments.get(said.milliseconds(found["time"]))
    return written if clip_ms is None else f'<a href="?t={clip_ms // 1000}" data-ms="{clip_ms}">{written}</a>'


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - its name there
        """Addresses elsewhere alone: nothing of ours that a click would do, nothing that runs."""
        try:
            return urlsplit(url).scheme.lower() in _SCHEMES
        except ValueError:
            return False


_MARKDOWN = _Markdown("zero", {"html": False, "breaks": True, "maxNesting": _NESTED}).enable(_RULES)
