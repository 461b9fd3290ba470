from __future__ import annotations

import base64
import io
import itertools
import re
from dataclasses import replace

import pytest
from PIL import Image

from posture.report import (
    annotated_pictures,
    build_report,
    render_html,
    render_pdf,
    write_report,
)
from tests.examples import example_assessment, example_pixels
from tests.report.pages import Page, pdf_text

HOSTILE = '<script>alert(1)</script> #read("/etc/passwd") *bold* $x^2$ #panic() @ref [x] {{ 7*7 }}'


def _report(client_id: str = "K-017"):
    assessment = example_assessment(client_id=client_id)
    pictures = annotated_pictures(assessment, example_pixels())
    return build_report(assessment, pictures, practice=f"Practice {client_id}")


@pytest.fixture(scope="module")
def html() -> str:
    return render_html(_report())


def test_html_refers_to_nothing_outside(html):
    page = Page(html)
    assert page.links
    assert [
        link for link in page.links if not link.startswith(("data:image/jpeg;base64,", "#"))
    ] == []
    for style in page.styles:
        assert "@import" not in style
        assert "//" not in style
        assert all(target.startswith("#") for target in re.findall(r"url\(\s*['\"]?(.)", style))
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\s\"'<>]+", html)) <= namespaces


def test_html_has_no_script_and_forbids_any(html):
    page = Page(html)
    assert not {"script", "iframe", "object", "embed", "link", "base", "form"} & set(page.tags)
    assert [name for _, attrs in page.attrs for name in attrs if name.startswith("on")] == []
    policy = next(
        attrs["content"]
        for tag, attrs in page.attrs
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy


def test_html_is_accessible(html):
    page = Page(html)
    assert page.attrs[0] == ("html", {"lang": "en"})
    assert page.tags.count("h1") == 1
    headings = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    steps = itertools.pairwise(headings)
    assert all(lower - upper <= 1 for upper, lower in steps)
    assert all(attrs.get("alt") for tag, attrs in page.attrs if tag == "img")
    assert all(attrs.get("scope") for tag, attrs in page.attrs if tag == "th")
    assert len(page.ids) == len(set(page.ids))


def test_html_tells_numbers_with_intervals_tags_and_versions(html):
    text = " ".join(Page(html).text).replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "K-017",
        "5 March 2026, 14:20",
        "40°",
        "36 to 44",
        "to re-check",
        "clinical convention",
        "Not a diagnosis",
        "not the clinical measure",
        "mediapipe",
        "No relation was found",
    ):
        assert words in text


def test_html_keeps_hostile_text_as_text():
    html = render_html(_report(HOSTILE))
    page = Page(html)
    assert "script" not in page.tags
    assert HOSTILE in "".join(page.text)


def test_html_is_deterministic(html):
    assert render_html(_report()) == html


def test_pdf_is_deterministic_and_of_one_page_size():
    report = build_report(example_assessment())
    first = render_pdf(report)
    assert first.startswith(b"%PDF-")
    assert render_pdf(report) == first
    assert render_pdf(report, paper="us-letter") != first


def test_pdf_with_one_and_with_three_pictures():
    assessment = example_assessment()
    one = annotated_pictures(assessment, example_pixels())[:1]
    back = replace(one[0], name="back.jpg")
    for pictures in (one, (*annotated_pictures(assessment, example_pixels()), back)):
        assert render_pdf(build_report(assessment, pictures)).startswith(b"%PDF-")


def test_pdf_tells_the_same_numbers():
    text = pdf_text(render_pdf(_report()))
    for words in ("K-017", "40°", "36 to 44", "−8.1 to −4.4", "to re-check", "Not a diagnosis"):
        assert words in text
    assert re.search(r"Page 1 of [2-9]", text)


def test_pdf_keeps_hostile_text_as_text():
    report = replace(build_report(example_assessment()), practice=HOSTILE, client=HOSTILE)
    text = re.sub(r"\s+", " ", pdf_text(render_pdf(report)))
    assert 'read("/etc/passwd")' in text.translate(str.maketrans("“”", '""'))
    assert "*bold* $x^2$ #panic()" in text
    assert "root:" not in text


def test_writes_both_reports_and_one_picture_per_photo(tmp_path):
    names = write_report(tmp_path, example_assessment(), example_pixels())
    assert names == ["report.html", "report.pdf", "front.jpg", "left.jpg"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert all((tmp_path / name).stat().st_size > 1000 for name in names)


def test_pictures_carry_no_metadata(tmp_path):
    from PIL import Image

    write_report(tmp_path, example_assessment(), example_pixels())
    with Image.open(tmp_path / "left.jpg") as picture:
        assert len(picture.getexif()) == 0
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_practices_logo_stands_in_both():
    stream = io.BytesIO()
    Image.new("RGB", (300, 90), (11, 85, 99)).save(stream, "PNG")
    report = replace(_report(), logo=stream.getvalue())
    (logo,) = [
        named for tag, named in Page(render_html(report)).attrs if named.get("class") == "logo"
    ]
    assert logo["alt"] == report.practice
    assert base64.b64decode(logo["src"].partition(",")[2]) == report.logo
    assert len(render_pdf(report)) > len(render_pdf(_report()))
