"""The phrasebook: what it knows, and that it knows all that photos and measures are told."""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path

import pytest

import posture
from posture.anatomy import LANDMARK_PROTOCOL
from posture.findings import _RULES
from posture.i18n.phrases import as_it_is, phrasebook, say_in
from posture.measures import MEASURES
from posture.web.texts import page_texts

GERMAN = phrasebook("de")
PACKAGE = Path(posture.__file__).parent


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Front view", "Vorderansicht"),
        ("Front view:", "Vorderansicht:"),
        ("6.4 cm", "6,4 cm"),
        ("0.3 % of height", "0,3 % der Körpergröße"),
        ("−5.3 to 0.4", "−5,3 bis 0,4"),
        ("37° (34 to 41)", "37° (34 bis 41)"),
        ("1.2.2", "1.2.2"),
        ("Kurze Nackenmuskeln", "Kurze Nackenmuskeln"),
        ("Head tilt; Knee valgus, left.", "Kopfseitneigung; Knievalgus, links."),
        ("Larger: head less forward", "Größer: Kopf weniger weit vorn"),
        (
            "The side photo was refused: the ankles are not in the picture. Show the whole body:",
            "Das Foto von der Seite wurde abgelehnt: die Knöchel sind nicht im Bild. Den ganzen "
            "Körper zeigen:",
        ),
        (
            "Head tilt 5.3° (3.1 to 7.4): the whole interval lies above 4°, the limit used for "
            "adults. Of 115 healthy adults 88 % show some tilt.",
            "Kopfseitneigung 5,3° (3,1 bis 7,4): das ganze Intervall liegt über 4°, dem Grenzwert "
            "für: Erwachsene. Von 115 gesunden Erwachsenen zeigen 88 % eine Neigung.",
        ),
        (
            "no clinical landmark for Inferior angle (left), Calcaneus (left); the pose network "
            "does not find it",
            "keine klinische Landmarke für Unterer Schulterblattwinkel (links), Fersenbein "
            "(links); das Posen-Netz findet sie nicht",
        ),
    ],
)
def test_what_was_said_in_english_is_said_in_german(english, german):
    assert GERMAN(english) == german
    assert say_in("en") is as_it_is
    assert as_it_is(english) == english


def test_measures_and_landmarks_are_called_as_on_the_page():
    page = page_texts("de")
    for measure in MEASURES.values():
        assert GERMAN(measure.title) == page(f"measure.{measure.id}"), measure.id
        assert GERMAN.knows(measure.positive_means), measure.positive_means
    for name, entry in LANDMARK_PROTOCOL.items():
        shown = page.texts.get(f"landmark.{name}", entry.title)
        assert GERMAN(entry.title) == shown, name


TOLD_IN = (
    "views.py",
    "merging.py",
    "both_sides.py",
    "capture/quality.py",
    "capture/quality_stance.py",
    "capture/stickers.py",
    "estimate/estimator.py",
    "compare/fairness.py",
    "compare/verdict.py",
    "compare/direction.py",
    "report/compare_charts.py",
    "report/compare_words.py",
)
"""Where remarks on photos and visits, reasons and comparisons are worded."""


def worded(path):
    """Return the sentences of a module, with a place for what varies, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner, bare = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner.update(map(id, node.values))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            bare.add(id(node.value))
        elif isinstance(node, ast.Raise):
            bare.update(id(part) for part in ast.walk(node))
    for node in ast.walk(tree):
        if id(node) in inner | bare:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def filled(sentence):
    """Return the sentence with all that may stand in its places."""
    parts = sentence.split("{}")
    for values in product(("12", "12 %", "side", ""), repeat=len(parts) - 1):
        yield "".join(part + value for part, value in zip(parts, (*values, ""), strict=True))


def test_findings_have_german_titles():
    assert [rule.title for rule in _RULES if GERMAN(rule.title) == rule.title] == []


@pytest.mark.parametrize("name", TOLD_IN)
def test_every_sentence_of_the_program_has_a_german_one(name):
    sentences = [sentence for sentence in worded(PACKAGE / name) if sentence.count(" ") > 5]
    assert sentences
    assert [s for s in sentences if not any(map(GERMAN.knows, filled(s)))] == []


def test_a_german_sentence_has_the_places_of_the_english_one():
    for english, (_, german) in zip(GERMAN.english, GERMAN.sentences, strict=True):
        places = set(re.findall(r"\{(\w+)\}", german))
        assert places <= set(re.findall(r"\{(\w+)\}", english)), english
