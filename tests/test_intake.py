"""An intake is checked key by key; every mistake is named with what is allowed."""

import json
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture.errors import InputError
from posture.intake import intake_template, parse_intake, read_intake
from posture.knowledge import load_knowledge

K = load_knowledge()
NO_FLAGS = dict.fromkeys(K.red_flags, False)
TEMPLE = {"region": "temple", "side": "left", "intensity": 6}


def parse(**table):
    return parse_intake({"red_flags": NO_FLAGS, **table}, K, where="intake.toml")


def test_a_whole_intake():
    intake = parse(
        complaints=[{**TEMPLE, "duration_weeks": 8, "aggravating": "screen work"}],
        conditions=["tension_headache"],
        medication=["ibuprofen"],
        contraindications=[{"id": "open_skin", "region": "chest", "side": "right"}],
    )
    (complaint,) = intake.complaints
    assert (complaint.region, complaint.side, complaint.intensity) == ("temple", "left", 6)
    assert complaint.sides == ("left",)
    assert intake.contraindications[0].sides == ("right",)
    assert intake.raised_flags == ()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"complaint": []}, ["intake.toml", "'complaint'", "did you mean 'complaints'?"]),
        ({"complaints": TEMPLE}, ["complaints", "list of tables"]),
        ({"complaints": [{**TEMPLE, "region": "tempel"}]}, ["complaints 1.region", "'temple'"]),
        ({"complaints": [{**TEMPLE, "region": "zzz"}]}, ["Allowed: forehead, temple"]),
        ({"complaints": [TEMPLE, {**TEMPLE, "intensity": 11}]}, ["complaints 2.intensity", "10"]),
        ({"complaints": [{**TEMPLE, "intensity": -1}]}, ["0 to 10, found -1"]),
        ({"complaints": [{**TEMPLE, "intensity": "bad"}]}, ["intensity", "int", "'bad'"]),
        ({"complaints": [{**TEMPLE, "intensity": True}]}, ["intensity", "True"]),
        ({"complaints": [{**TEMPLE, "side": "links"}]}, ["left, right, both", "'links'"]),
        ({"complaints": [{"region": "temple", "intensity": 3}]}, ["side", "temple"]),
        ({"complaints": [{"region": "temple", "side": "left"}]}, ["intensity", "found none"]),
        (
            {"complaints": [{"region": "sacrum", "side": "left", "intensity": 1}]},
            ["mid-line", "'left'"],
        ),
        ({"complaints": [{**TEMPLE, "duration_weeks": -2}]}, ["duration_weeks", "-2"]),
        ({"complaints": ["temple"]}, ["complaints 1", "table"]),
        ({"conditions": ["tension-headache"]}, ["did you mean 'tension_headache'?"]),
        ({"conditions": "migraine"}, ["conditions", "list"]),
        ({"medication": [1]}, ["medication", "list of words"]),
        ({"contraindications": [{"id": "open_skin"}]}, ["region", "place of open_skin"]),
        ({"contraindications": [{"id": "thrombosis"}]}, ["deep_vein_thrombosis"]),
        ({"red_flags": {}}, ["saddle_anaesthesia", "calf_swelling", "no answer"]),
        ({"red_flags": {**NO_FLAGS, "fever": "no"}}, ["red_flags.fever", "true or false"]),
        ({"red_flags": {**NO_FLAGS, "fevre": False}}, ["did you mean 'fever'?"]),
    ],
)
def test_a_mistake_is_named(table, words):
    with pytest.raises(InputError) as caught:
        parse(**table)
    for word in words:
        assert word in str(caught.value)


def test_missing_answers_are_named_and_only_those():
    answers = {flag: answer for flag, answer in NO_FLAGS.items() if flag != "night_pain"}
    with pytest.raises(InputError, match="no answer to night_pain\\."):
        parse(red_flags=answers)


@pytest.mark.parametrize("drug", ["Warfarin 5 mg", "XARELTO", "low-dose heparin"])
def test_a_blood_thinner_is_recognised_in_the_medication(drug):
    assert [item.id for item in parse(medication=[drug]).contraindications] == ["anticoagulants"]


def test_a_told_contraindication_is_not_doubled_by_the_medication():
    intake = parse(medication=["warfarin"], contraindications=[{"id": "anticoagulants"}])
    assert len(intake.contraindications) == 1


def test_toml_and_json_files_give_the_same(tmp_path):
    flags = "\n".join(f"{flag} = false" for flag in NO_FLAGS)
    as_toml = tmp_path / "intake.toml"
    as_toml.write_text(
        f'[[complaints]]\nregion = "temple"\nside = "left"\nintensity = 6\n[red_flags]\n{flags}\n'
    )
    as_json = tmp_path / "intake.json"
    as_json.write_text(json.dumps({"complaints": [TEMPLE], "red_flags": NO_FLAGS}))
    assert read_intake(as_toml, K) == read_intake(as_json, K)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("intake.txt", b"", ".toml or .json"),
        ("intake.toml", b"= 3", "expected TOML"),
        ("intake.json", b"{", "expected JSON"),
        ("intake.json", b"[]", "found a list"),
        ("intake.json", b"\xff\xfe", "UTF-8"),
        ("intake.json", b"[" * 100_000, "nested too deep"),
        ("intake.toml", b"#" * 1_000_001, "1 MB"),
    ],
)
def test_a_bad_file_is_named(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_intake(path, K)
    assert name in str(caught.value)
    assert words in str(caught.value)


def test_a_missing_file_and_a_directory(tmp_path):
    with pytest.raises(InputError, match="No intake at"):
        read_intake(tmp_path / "none.toml", K)
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        read_intake(folder, K)


def test_the_template_becomes_an_intake_once_answered():
    with pytest.raises(InputError, match="no answer to saddle_anaesthesia, bladder_bowel"):
        parse_intake(tomllib.loads(intake_template(K)), K, where="template")
    text = intake_template(K).replace('"?"', "false")
    assert parse_intake(tomllib.loads(text), K, where="template").raised_flags == ()


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
blocks = st.fixed_dictionaries(
    {"region": scalars | st.just("temple"), "side": scalars | st.just("left")},
    optional={"intensity": scalars},
)
KEYS = ["complaints", "conditions", "medication", "contraindications"]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.sampled_from(KEYS), scalars | st.lists(scalars | blocks, max_size=2))
def test_anything_is_an_intake_or_one_clear_error(key, value):
    message = "intake.toml"
    try:
        parse(**{key: value})
    except InputError as error:
        message = str(error)
    assert message.startswith("intake.toml")
