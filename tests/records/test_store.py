"""Clients, visits, photos, landmarks, assessments and settings, on both databases."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture.anatomy import Method, View
from posture.assessment_file import assessment_to_dict
from posture.errors import InputError
from posture.knowledge import load_knowledge
from posture.landmarks import Landmark
from posture.records import ConflictError, NotFoundError, RecordsError
from tests.examples import example_assessment
from tests.records.samples import DAY, fill, jpeg, place, placed

ABSENT = "00000000-0000-4000-8000-000000000000"


def test_a_client_comes_back_as_it_was_given(records):
    added = records.add_client(code="K-017", name=" Zoë Müller ", birth_year=1980, height_cm=171.5)
    assert records.client(added.id) == added
    assert (added.code, added.name, added.version) == ("K-017", "Zoë Müller", 1)
    assert added.added.utcoffset() == timedelta(0)


def test_a_client_without_a_name_is_called_by_a_code_of_its_own(records):
    codes = {records.add_client().code for _ in range(5)}
    assert len(codes) == 5
    assert {item.label for item in records.clients().items} == codes


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"code": ""}, "1 to 64 printable"),
        ({"code": "=cmd()"}, "letter or digit first"),
        ({"code": "x" * 65}, "1 to 64 printable"),
        ({"name": "two\nlines"}, "on one line"),
        ({"name": "nul\0"}, "printable"),
        ({"birth_year": 1850}, "1900 to"),
        ({"height_cm": 17.1}, "90 to 250 cm"),
        ({"height_cm": float("nan")}, "90 to 250 cm"),
    ],
)
def test_what_cannot_be_right_of_a_client_is_refused_and_nothing_kept(records, fields, words):
    with pytest.raises(InputError, match=words):
        records.add_client(**fields)
    assert records.clients().total == 0
    assert records.audit() == []


def test_a_code_belongs_to_one_client(records):
    first = records.add_client(code="K-1")
    with pytest.raises(InputError, match="another client's"):
        records.add_client(code="K-1")
    second = records.add_client(code="K-2")
    with pytest.raises(InputError, match="another client's"):
        records.change_client(second.id, version=1, code="K-1")
    assert records.change_client(first.id, version=1, code="K-1").version == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Zoë Müller", "Anna Berg", "50% Rabatt", None}),
        ("muller", {"Zoë Müller"}),
        ("MÜLLER zoe", {"Zoë Müller"}),
        ("k-4", {None}),
        ("%", {"50% Rabatt"}),
        ("_", set()),
        ("berg x", set()),
    ],
)
def test_search_heeds_every_word_but_neither_case_nor_accents(records, query, found):
    for number, name in enumerate(("Zoë Müller", "Anna Berg", "50% Rabatt", None), start=1):
        records.add_client(name=name, code=f"K-{number}")
    page = records.clients(query)
    assert {item.name for item in page.items} == found
    assert page.total == len(found)


def test_the_list_shows_who_came_last_first_and_comes_in_pages(records):
    clients = [records.add_client(name=f"Client {number}") for number in range(5)]
    for client, day in zip(clients, (3, 1, 4, 2, 5), strict=True):
        for month in (1, 2):
            records.add_visit(client.id, taken=date(2026, month, day))
    names, offset = [], 0
    while page := records.clients(limit=2, offset=offset).items:
        names += [item.name for item in page]
        offset += 2
    assert names == ["Client 4", "Client 2", "Client 0", "Client 3", "Client 1"]
    first = records.clients(limit=1).items[0]
    assert (first.visits, first.last_visit) == (2, date(2026, 2, 5))


def test_changes_keep_what_is_not_named_and_none_clears(records):
    client = records.add_client(name="Anna Berg", birth_year=1980, height_cm=170)
    changed = records.change_client(client.id, version=1, name=None, height_cm=168)
    assert (changed.name, changed.birth_year, changed.height_cm) == (None, 1980, 168)
    assert changed.version == 2
    assert records.clients("berg").total == 0
    unchanged = records.change_client(client.id, version=2, height_cm=168)
    assert unchanged.version == 2


def test_consents_stay_on_record_after_they_are_withdrawn(records):
    client = records.add_client()
    consent = records.record_consent(client.id, scope="photographs", given=DAY, note="on paper")
    with pytest.raises(InputError, match="or later"):
        records.withdraw_consent(consent.id, withdrawn=DAY - timedelta(days=1))
    withdrawn = records.withdraw_consent(consent.id, withdrawn=DAY + timedelta(days=30))
    assert records.client(client.id).consents == (withdrawn,)
    assert (withdrawn.scope, withdrawn.given) == ("photographs", DAY)
    with pytest.raises(InputError, match="expected words"):
        records.record_consent(client.id, scope=" ", given=DAY)


def test_a_visit_comes_back_with_all_that_hangs_on_it(records):
    client, visit_id = fill(records)
    visit = records.visit(visit_id)
    assert [photo.role for photo in visit.photos] == ["front", "side"]
    assert records.photo_bytes(visit.photo("side").sha256) == jpeg(1)
    assert visit.landmarks[View.LEFT] == placed(c7=(20.5, 12), tragus_left=(24, 8))
    assert assessment_to_dict(visit.assessment) == assessment_to_dict(
        example_assessment(client_id=client.code)
    )
    assert visit.assessment_is_current
    [summary] = records.visits(client.id)
    assert summary.photos == visit.photos
    assert summary.findings == len(visit.assessment.findings) > 0
    assert (summary.note, summary.taken, summary.has_intake) == ("after work", DAY, False)


def test_a_visit_cannot_be_yet_to_come(records):
    client = records.add_client()
    with pytest.raises(InputError, match="a day up to today"):
        records.add_visit(client.id, taken=date.today() + timedelta(days=2))


def test_an_intake_is_checked_before_it_is_kept(records):
    client = records.add_client()
    visit = records.add_visit(client.id, taken=DAY)
    flags = dict.fromkeys(load_knowledge().red_flags, False)
    intake = {"complaints": [{"region": "temple", "side": "left", "intensity": 6}]}
    with pytest.raises(InputError, match="no answer to"):
        records.change_visit(visit.id, version=1, intake=intake)
    kept = records.change_visit(visit.id, version=1, intake=intake | {"red_flags": flags})
    assert kept.intake == intake | {"red_flags": flags}
    assert records.visits(client.id)[0].has_intake
    assert records.change_visit(visit.id, version=2, intake=None).intake is None


@pytest.mark.parametrize("method", ["client", "visit", "visits", "photo", "measure_series"])
def test_what_is_not_there_is_said_to_be_gone(records, method):
    for absent in (ABSENT, "../../etc/passwd", ""):
        with pytest.raises(NotFoundError, match="found none"):
            getattr(records, method)(absent)


def test_photos_are_told_by_their_content(records):
    visit = records.add_visit(records.add_client().id, taken=DAY)
    with pytest.raises(InputError, match="found a PDF"):
        records.add_photo(visit.id, role="front", data=b"%PDF-1.7")
    assert records.visit(visit.id).version == 1


def test_a_photo_is_replaced_only_where_that_is_said(records):
    _, visit_id = fill(records)
    before = records.visit(visit_id)
    with pytest.raises(RecordsError, match="Remove it first"):
        records.add_photo(visit_id, role="side", data=jpeg(9))
    assert records.visit(visit_id) == before
    records.add_photo(visit_id, role="side", data=jpeg(9), replace=True)
    after = records.visit(visit_id)
    assert records.photo_bytes(after.photo("side").sha256) == jpeg(9)
    assert after.landmarks == {}
    assert not after.assessment_is_current
    assert records.integrity().is_sound
    taken_back = records.landmark_history(visit_id)[2:]
    assert {(change.name, change.after) for change in taken_back} == {
        ("c7", None),
        ("tragus_left", None),
    }
    with pytest.raises(NotFoundError):
        records.photo_bytes(before.photo("side").sha256)


def test_a_photo_of_two_visits_is_kept_until_neither_has_it(records):
    client = records.add_client()
    first, second = (records.add_visit(client.id, taken=DAY).id for _ in range(2))
    photo = records.add_photo(first, role="front", data=jpeg())
    other = records.add_photo(second, role="front", data=jpeg())
    file = records.photo_path(photo.sha256)
    written = file.stat().st_mtime_ns
    assert photo.sha256 == other.sha256
    assert records.photo_path(other.sha256).stat().st_mtime_ns == written
    records.remove_photo(photo.id)
    assert records.photo_bytes(photo.sha256) == jpeg()
    records.remove_photo(other.id)
    assert not file.exists()


def test_a_damaged_photo_is_noticed(records):
    _, visit_id = fill(records)
    sha = records.visit(visit_id).photo("front").sha256
    records.photo_path(sha).write_bytes(jpeg(0)[:-1])
    with pytest.raises(RecordsError, match="restore it from a backup"):
        records.photo_bytes(sha)
    assert len(records.integrity().problems) == 1


def test_derived_files_go_with_their_photo(records):
    _, visit_id = fill(records)
    photo = records.visit(visit_id).photo("side")
    assert records.derived(photo.sha256, "pose.npz") == b"points of a pose"
    records.put_derived(photo.sha256, "pose.npz", b"other points")
    assert records.derived(photo.sha256, "pose.npz") == b"other points"
    assert records.derived(photo.sha256, "thumb-320.jpg") is None
    records.remove_photo(photo.id)
    assert records.derived(photo.sha256, "pose.npz") is None
    with pytest.raises(NotFoundError):
        records.put_derived(photo.sha256, "pose.npz", b"late")


def test_a_full_disk_leaves_everything_as_it_was(records, monkeypatch):
    _, visit_id = fill(records)
    before = records.visit(visit_id)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("posture.records.files.os.fsync", full)
    with pytest.raises(RecordsError, match=r"No space left on device\. Nothing was changed"):
        records.add_photo(visit_id, role="side", data=jpeg(9), replace=True)
    monkeypatch.undo()
    assert records.visit(visit_id) == before
    assert records.integrity().is_sound
    assert not list(records.photo_path("0" * 64).parents[1].glob("*.partial"))
    records.add_photo(visit_id, role="side", data=jpeg(9), replace=True)


@pytest.mark.parametrize("name", ["", "../x.npz", "a/b.npz", "pose", ".npz", "POSE.npz"])
def test_a_derived_files_name_is_no_path(records, name):
    _, visit_id = fill(records)
    sha = records.visit(visit_id).photo("side").sha256
    with pytest.raises(ValueError, match=r"a name such as pose\.npz"):
        records.put_derived(sha, name, b"")


def test_every_change_of_a_landmark_is_kept(records):
    _, visit_id = fill(records)
    place(records, visit_id, c7=(21.0, 12.0), acromion_left=(30.0, 20.0))
    visit = place(records, visit_id)
    assert visit.landmarks == {}
    history = records.landmark_history(visit_id)
    told = [
        (change.name, change.before and change.before.x_px, change.after and change.after.x_px)
        for change in history
    ]
    assert told == [
        ("c7", None, 20.5),
        ("tragus_left", None, 24.0),
        ("acromion_left", None, 30.0),
        ("c7", 20.5, 21.0),
        ("tragus_left", 24.0, None),
        ("acromion_left", 30.0, None),
        ("c7", 21.0, None),
    ]
    assert {change.view for change in history} == {View.LEFT}
    assert [change.at for change in history] == sorted(change.at for change in history)


def test_views_that_are_not_named_keep_their_landmarks(records):
    _, visit_id = fill(records)
    version = records.visit(visit_id).version
    front = placed(asis_left=(10.0, 40.0))
    visit = records.place_landmarks(visit_id, version=version, landmarks={View.FRONT: front})
    assert set(visit.landmarks) == {View.FRONT, View.LEFT}
    same = records.place_landmarks(visit_id, version=visit.version, landmarks={View.FRONT: front})
    assert same.version == visit.version


def test_only_a_persons_landmarks_of_a_photographed_view_are_kept(records):
    _, visit_id = fill(records)
    version = records.visit(visit_id).version
    with pytest.raises(InputError, match="not photographed"):
        records.place_landmarks(visit_id, version=version, landmarks={View.BACK: placed(c7=(1, 1))})
    estimated = Landmark(x_px=1, y_px=1, method=Method.ESTIMATED, sd_px=1)
    detected = Landmark(x_px=1, y_px=1, method=Method.MANUAL, sd_px=1)
    for marks in ({"c7": estimated}, {"nose": detected}):
        with pytest.raises(InputError, match="that a person placed"):
            records.place_landmarks(visit_id, version=version, landmarks={View.LEFT: marks})
    assert records.visit(visit_id).version == version


def test_assessments_are_kept_beside_each_other_and_trends_follow_the_latest(records):
    client, visit_id = fill(records)
    newer = replace(example_assessment(client_id=client.code), created="2026-03-03T10:00:00+01:00")
    newer = replace(newer, measures=newer.measures[:3], software={"posture": "9.9"})
    record = records.add_assessment(visit_id, newer)
    assert [item.number for item in records.assessments(visit_id)] == [1, 2]
    assert record.assessment.software == {"posture": "9.9"}
    assert records.visit(visit_id).assessment.created == newer.created
    series = records.measure_series(client.id)
    assert [point.measure for point in series] == [measure.id for measure in newer.measures]


def test_a_series_runs_through_the_visits_in_the_order_of_time(records):
    client = records.add_client()
    days = [date(2026, 5, 1), date(2026, 1, 1), date(2026, 3, 1)]
    for day in days:
        visit = records.add_visit(client.id, taken=day)
        records.add_assessment(visit.id, example_assessment())
    series = records.measure_series(client.id, "craniovertebral_angle_deg")
    assert [point.taken for point in series] == sorted(days)
    first = series[0]
    assert (first.low, first.value, first.high) == (36.1, 40.2, 44.3)
    assert (first.method, first.view, first.unit) == (Method.MANUAL, View.LEFT, "deg")
    missing = [point for point in records.measure_series(client.id) if point.value is None]
    assert missing
    assert all(point.reason for point in missing)


def test_an_assessment_of_older_photos_is_refused_but_notes_may_change(records):
    _, visit_id = fill(records)
    version = records.visit(visit_id).version
    records.change_visit(visit_id, version=version, note="new note")
    records.add_assessment(visit_id, example_assessment(), version=version)
    assert records.visit(visit_id).assessment_is_current
    place(records, visit_id, c7=(21.0, 12.0))
    with pytest.raises(ConflictError, match=r"landmarks \(left\)"):
        records.add_assessment(visit_id, example_assessment(), version=version)
    assert not records.visit(visit_id).assessment_is_current


def test_settings_have_defaults_and_keep_what_is_chosen(records):
    settings = records.settings()
    assert (settings.language, settings.paper, settings.photos) == ("en", "a4", ("front", "side"))
    chosen = replace(
        settings,
        practice="Praxis am Markt",
        logo=jpeg(),
        language="de",
        photos=("front", "side", "back"),
        measures=("craniovertebral_angle_deg",),
    )
    kept = records.change_settings(chosen)
    assert kept == replace(chosen, version=1) == records.settings()
    with pytest.raises(ConflictError, match="practice, logo"):
        records.change_settings(replace(settings, paper="us-letter"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"language": "fr"}, "language: expected one of en, de"),
        ({"units": "stone"}, "units: expected one of"),
        ({"photos": ()}, "at least one"),
        ({"photos": ("top",)}, "photos: expected one of"),
        ({"measures": ("bmi",)}, "measures: expected one of"),
        ({"logo": b"<svg/>"}, "JPEG or PNG"),
        ({"logo": b"\xff\xd8\xff" + bytes(1_000_001)}, "at most 1 MB"),
    ],
)
def test_settings_that_are_not_allowed_are_refused(records, change, words):
    with pytest.raises(InputError, match=words):
        records.change_settings(replace(records.settings(), **change))
    assert records.settings().version == 0


def test_everything_is_there_when_opened_again(records, open_again):
    client, visit_id = fill(records)
    visit, log = records.visit(visit_id), records.audit(None)
    with open_again() as again:
        assert again.client(client.id) == client
        assert again.visit(visit_id) == visit
        assert again.audit(None) == log
        assert again.integrity().is_sound


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=ANY_TEXT, note=ANY_TEXT)
def test_any_text_is_kept_to_the_letter_or_refused(records, name, note):
    try:
        client = records.add_client(name=name)
    except InputError:
        assert not name.strip().isprintable()
    else:
        assert (records.client(client.id).name or "") == name.strip()
        assert client.id in {item.id for item in records.clients(name, limit=1000).items}
    records.clients(note)
    visit = records.add_visit(records.add_client().id, taken=DAY)
    try:
        records.change_visit(visit.id, version=1, note=note)
    except InputError:
        assert any(char == "\0" or "\ud800" <= char <= "\udfff" for char in note)
    else:
        assert records.visit(visit.id).note == note
