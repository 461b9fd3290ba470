"""Errors and progress in the practice's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import posture
from posture.anatomy import Method
from posture.compare import change, compare
from posture.compare.direction import NEITHER
from posture.errors import InputError, PhotoError, PostureError
from posture.i18n import LANGUAGES
from posture.records import NotFoundError, open_records
from posture.web.jobs import Job, Step
from posture.web.said import key_of, said_error, said_reason, said_remark, said_step
from posture.web.texts import page_texts
from tests.examples import example_assessment
from tests.web.conftest import make_app, photo_of, signed_in

OTHERS = [language for language in LANGUAGES if language != "en"]
OF_CLASSES = {"conflict", "not_found", "not_assessed", "photo", "input", "weights", "other"}
HANDED_ON = {"unusable_photos", "no_photos"}  # named where an expression stands


def calls(name: str, folder: str = "") -> Iterator[dict[str, ast.expr]]:
    """The keyword arguments of every call of a class whose name ends so."""
    for path in (Path(posture.__file__).parent / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith(name):
                yield {word.arg: word.value for word in node.keywords if word.arg}


def raised() -> dict[str, set[str]]:
    """Every key that an error is raised with, and the names of the values it brings."""
    found: dict[str, set[str]] = {}
    for given in calls("Error"):
        key = given.pop("key", None)
        if isinstance(key, ast.Constant):
            found[key.value] = set(given) - {"version", "changes"}
    return found


def remarked() -> dict[str, set[str]]:
    """Every code of a remark on two visits, and the names of the values it brings."""
    found: dict[str, set[str]] = {}
    for given in calls("Remark", "compare"):
        pairs = ast.walk(given.get("values", ast.Tuple([])))
        names = {pair.elts[0].value for pair in pairs if _is_named(pair)}
        found[given["code"].value] = names | ({"view"} if "view" in given else set())
    return found


def _is_named(node: ast.AST) -> bool:
    return isinstance(node, ast.Tuple) and node.elts and isinstance(node.elts[0], ast.Constant)


@pytest.mark.parametrize("language", OTHERS)
def test_every_remark_on_two_visits_is_said_in_every_language(language):
    texts = page_texts(language).texts
    said = {key.removeprefix("remark."): text for key, text in texts.items() if "remark." in key}
    codes = remarked()
    assert len(codes) > 10
    assert said.keys() == codes.keys() | set(NEITHER.values())
    for code, values in codes.items():
        assert set(re.findall(r"{(\w+)}", said[code])) <= values, code


def test_remarks_and_reasons_are_said_with_their_numbers():
    first = example_assessment()
    taller = replace(first, client=replace(first.client, height_cm=172.5))
    step = compare([first, taller], clothing="same").last
    (stature,) = (r for r in step.remarks if r.code == "other_stature")
    assert "nachher" in said_remark(stature, "de")
    assert "172,5 cm" in said_remark(stature, "de")
    newer = replace(first, software={**first.software, "posture": "9.8.7"})
    (version,) = (r for r in compare([first, newer]).last.remarks if r.code == "other_version")
    assert "9.8.7" in said_remark(version, "de")
    withheld = next(c for c in step.changes if c.reason and "same photo" in c.reason)
    assert said_reason(withheld, "de").endswith("an beiden Terminen dasselbe Foto.")
    assert said_reason(withheld, "en").startswith("The ")


def test_a_change_of_method_is_said_in_words():
    one = next(m for m in example_assessment().measures if m.is_ok and m.method is not Method.PROXY)
    other = next(m for m in (Method.MANUAL, Method.ESTIMATED) if m is not one.method)
    (remark,) = change(one, replace(one, method=other)).remarks
    told = said_remark(remark, "de")
    assert "geschätzt" in told
    assert "von Hand gesetzt" in told


@pytest.mark.parametrize("language", OTHERS)
def test_every_error_with_a_key_is_said_in_every_language(language):
    texts = page_texts(language).texts
    said = {key.removeprefix("problem."): text for key, text in texts.items() if "problem." in key}
    keys = raised()
    assert said.keys() == keys.keys() | OF_CLASSES | HANDED_ON
    for key, values in keys.items():
        assert set(re.findall(r"{(\w+)}", said[key])) <= values, key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", get_args(Step))
def test_every_step_of_a_job_is_said(language, step):
    assert said_step(Job(id="a", subject="b", step=step, role="side"), language)


def test_english_is_what_stands_in_the_error():
    assert said_error(PhotoError("front photo: blurred.", key="damaged_photo"), "en") == (
        "front photo: blurred."
    )


@pytest.mark.parametrize(
    ("error", "key", "told"),
    [
        (PhotoError("front photo: no.", key="small_photo", least=200), "small_photo", "200 Pixel"),
        (PhotoError("front photo: a fault."), "photo", "(front photo: a fault.)"),
        (InputError("note: too long."), "input", "(note: too long.)"),
        (NotFoundError("No client of that id."), "not_found", "gibt es nicht"),
        (PostureError("Something else."), "other", "(Something else.)"),
    ],
)
def test_errors_are_said_by_key_or_else_by_class(error, key, told):
    assert key_of(error) == key
    assert told in said_error(error, "de")


@pytest.fixture
def german(tmp_path):
    with open_records(tmp_path / "records") as records:
        records.change_settings(replace(records.settings(), language="de"))
        with signed_in(make_app(records)) as http:
            yield http


def problem(answer, status):
    assert answer.status_code == status
    told = answer.json()
    return told["key"], told["detail"]


def test_the_api_says_problems_and_progress_in_the_practices_language(german):
    api = "/api/v1"
    client = german.post(f"{api}/clients", json={"code": "K-1"}).json()
    again = german.post(f"{api}/clients", json={"code": "K-1"})
    assert problem(again, 422) == (
        "code_taken",
        "Diese Kennung hat schon ein anderer Klient. Eine andere wählen.",
    )
    visit = german.post(f"{api}/clients/{client['id']}/visits", json={}).json()
    key, detail = problem(german.post(f"{api}/visits/{visit['id']}/assess"), 409)
    assert (key, detail[:11]) == ("no_photos", "Dieser Term")
    photos = f"{api}/visits/{visit['id']}/photos"
    broken = photo_of("front")[:400]
    answer = german.post(photos, data={"role": "front"}, files={"file": ("a.png", broken)})
    assert problem(answer, 422)[0] == "damaged_photo"
    good = {"file": ("a.png", photo_of("front"))}
    assert german.post(photos, data={"role": "front"}, files=good).status_code == 201
    job = german.post(f"{api}/visits/{visit['id']}/assess").json()
    assert job["text"] in page_texts("de").texts.values()
    events = german.get(f"{api}/jobs/{job['id']}/events").text
    assert "event: done" in events
    assert "Looking" not in events
