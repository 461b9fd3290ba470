"""The knowledge base is whole: every entry has a source, every reference leads somewhere."""

import dataclasses
import shutil
from importlib.resources import as_file, files

import pytest

from posture.errors import InputError
from posture.knowledge import load_knowledge, read_knowledge
from posture.knowledge.kinds import Evidence

K = load_knowledge()
KINDS = [field.name for field in dataclasses.fields(K)]


def claims(record):
    """Every record with an evidence field, at any depth."""
    if hasattr(record, "evidence"):
        yield record
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(inner):
                yield from claims(inner)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "regions"])
def test_every_entry_has_sources_and_evidence(kind):
    for entry in getattr(K, kind).values():
        found = list(claims(entry))
        assert found
        for claim in found:
            assert claim.sources
            assert all(source.strip() for source in claim.sources)
            assert isinstance(claim.evidence, Evidence)


def test_a_convention_is_not_called_sourced_and_a_source_is_not_a_convention():
    for kind in KINDS:
        for entry in getattr(K, kind).values():
            for claim in claims(entry):
                if claim.sources == ("clinical convention",):
                    assert claim.evidence in (Evidence.CONVENTION, Evidence.TO_RECHECK)


def test_it_covers_what_the_field_asks_for():
    assert len(K.muscles) >= 50
    assert {"chronic_low_back_pain", "sciatica_like_symptoms", "tension_headache", "migraine"} <= (
        set(K.conditions)
    )
    assert {"jaw_pain", "whiplash", "plantar_fasciitis", "carpal_tunnel_symptoms"} <= (
        set(K.conditions)
    )
    assert {"ischemic_compression", "positional_release", "soft_tissue_stripping"} == (
        set(K.techniques)
    )
    assert {"upper_crossed", "lower_crossed", "sway_back", "flat_back", "military"} <= (
        set(K.patterns)
    )


def test_every_muscle_is_reached_by_some_finding_or_condition_or_complaint():
    for muscle in K.muscles.values():
        assert muscle.lies_in
        assert muscle.referral


def test_every_region_is_reached_by_some_muscle():
    for region in K.regions:
        assert any(region in m.referral or region in m.lies_in for m in K.muscles.values()), region


def test_clients_words_are_not_alarming():
    alarming = ("damage", "misalign", "bad posture", "wrong", "abnormal", "defect", "worn out")
    for kind in KINDS:
        for entry in getattr(K, kind).values():
            plain = getattr(entry, "plain", "").lower()
            assert not [word for word in alarming if word in plain]


def test_no_muscle_is_said_to_be_tight_or_weak():
    for entry in K.findings.values():
        assert "weak" not in entry.plain
        assert "tight" not in entry.plain


def test_entries_are_frozen():
    with pytest.raises(TypeError):
        K.muscles["piriformis"] = None
    with pytest.raises(dataclasses.FrozenInstanceError):
        K.muscles["piriformis"].name = ""


@pytest.fixture
def folder(tmp_path):
    with as_file(files("posture").joinpath("knowledge")) as source:
        for path in source.glob("*.toml"):
            shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (
            "findings.toml",
            '"suboccipitals", "upper_trapezius"',
            '"suboccipitalis", "upper_trapezius"',
            ["findings.toml: forward_head.short.both", "'suboccipitalis'", "'suboccipitals'?"],
        ),
        (
            "muscles.toml",
            'referral = ["heel"]',
            'referral = ["hell"]',
            ["quadratus_plantae", "'heel'"],
        ),
        ("conditions.toml", '"jaw_rest"', '"jaw_test"', ["conditions.toml: jaw_pain.home_care"]),
        ("cautions.toml", 'home_care = ["warmth"]', 'home_care = ["wormth"]', ["'warmth'"]),
        ("patterns.toml", '"trunk_lean_deg"', '"trunk_lane_deg"', ["patterns.toml", "measures"]),
        ("muscles.toml", "latin =", "latn =", ["muscles.toml: suboccipitals.latn", "unknown key"]),
        (
            "muscles.toml",
            'latin = "Musculi suboccipitales"',
            "",
            ["suboccipitals.latin", "found none"],
        ),
        ("techniques.toml", "= 3\n", '= "3"\n', ["minutes_per_site", "expected int"]),
        ("techniques.toml", '"deep"', '"deepest"', ["pressure", "deep, moderate, light"]),
        ("home_care.toml", '"stretch"', '"strech"', ["kind", "strengthening"]),
        ("muscles.toml", 'evidence = "to re-check"', 'evidence = "sure"', ["evidence", "sourced"]),
        ("muscles.toml", 'area = "neck"', 'area = "nek"', ["area", "head and jaw"]),
        (
            "conditions.toml",
            'sources = ["Swain 2020"]',
            "sources = []",
            ["chronic_low_back_pain.notes.sources", "at least one source"],
        ),
        ("tests.toml", "[cervical", "cervical", ["tests.toml", "TOML"]),
    ],
)
def test_a_broken_file_is_refused_naming_file_and_key(folder, name, old, new, words):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_knowledge(folder)
    for word in words:
        assert word in str(caught.value)


def test_the_untouched_copy_is_read(folder):
    assert read_knowledge(folder) == K
