"""A comment's text as HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish_api.markup import Points, html

EVA = Points(names={"eva": "Eva <b>"}, moments={83_000: 81_000})
REL = 'rel="nofollow ugc noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a **b** *c* `d`", "<p>a <strong>b</strong> <em>c</em> <code>d</code></p>"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("```\n<i>\n```", "<pre><code>&lt;i&gt;\n</code></pre>"),
        ("[x](https://a.de/?b=1&c=2)", f'<p><a href="https://a.de/?b=1&amp;c=2" target="_blank" {REL}>x</a></p>'),
        ("see https://a.de/b.", f'<p>see <a href="https://a.de/b" target="_blank" {REL}>https://a.de/b</a>.</p>'),
    ],
)
def test_a_little_markdown_is_drawn(text: str, drawn: str) -> None:
    assert html(text, Points()) == drawn


@pytest.mark.parametrize(
    "text",
    [
        "# heading",
        "> said",
        "| a | b |",
        "[x](javascript:alert(1))",
        "[x](/sign-out)",
        "[x](//evil.example)",
        "[x](data:text/html,x)",
        "snake_case_word",
        "3 * 4 * 5",
    ],
)
def test_what_is_not_among_it_stays_as_it_was_typed(text: str) -> None:
    assert html(text, Points()) == f"<p>{text}</p>".replace("> said", "&gt; said")


def test_nothing_of_the_writers_own_html_is_html() -> None:
    drawn = html('<script>alert(1)</script> <img src=x onerror=y> ![p](https://a.de/x.png "t") &#8238; &lt;', Points())

    assert [each in drawn for each in ("<script", "<img")] == [False, False]
    assert [each in drawn for each in ("&lt;script&gt;", "&amp;#8238;", "&amp;lt;")] == [True, True, True]


def test_names_and_times_lead_where_they_point_and_nowhere_else() -> None:
    drawn = html("@eva, @bob: 1:23, 2:00, 11:23:99, a@eva, `1:23 @eva` **@Eva** [1:23](https://a.de)", EVA)

    assert drawn == (
        f'<p><b class="mention">@Eva &lt;b&gt;</b>, @bob: <a href="?t=81" data-ms="81000" {REL}>1:23</a>, 2:00,'
        " 11:23:99, a@eva, <code>1:23 @eva</code>"
        ' <strong><b class="mention">@Eva &lt;b&gt;</b></strong>'
        f' <a href="https://a.de" target="_blank" {REL}>1:23</a></p>'
    )


def test_what_is_nested_too_deep_to_draw_is_text_and_not_lost() -> None:
    assert html("- " * 100 + "deep <b>", Points()) == f"<p>{'- ' * 100}deep &lt;b&gt;</p>"


@given(st.text(alphabet=st.sampled_from("ab1:2@<>&\"'[]()!*_`-#\\/\n .htps"), max_size=200))
def test_whatever_is_typed_only_what_is_let_in_comes_out(text: str) -> None:
    tags = set(re.findall(r"</?([a-z0-9]+)", html(text, EVA)))

    assert tags <= {"p", "br", "strong", "em", "ul", "ol", "li", "code", "pre", "a", "b"}
