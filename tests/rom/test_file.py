"""What the file holds gives the same report again."""

from __future__ import annotations

import json

from posture.report.rom import build_rom_report, rom_pictures
from posture.rom.file import rom_from_dict, rom_to_dict
from tests.rom.test_session import a_session


def test_a_document_gives_the_tests_and_their_report_again():
    made = a_session()
    document = json.loads(json.dumps(rom_to_dict(made)))
    photos = [
        photo
        for outcome in made.outcomes
        for result in outcome.results
        for photo in (result.neutral, result.end)
    ]
    pixels = {one.photo.file_sha256: one.photo.pixels for one in photos}
    again = rom_from_dict(document, pixels)
    assert rom_to_dict(again)["tests"][0]["results"] == document["tests"][0]["results"]
    assert again.client == made.client
    assert build_rom_report(again, {}) == build_rom_report(made, {})
    told = [
        {test: [(one.name, one.caption) for one in some] for test, some in pictures.items()}
        for pictures in map(rom_pictures, (made, again))
    ]
    assert told[0] == told[1]
