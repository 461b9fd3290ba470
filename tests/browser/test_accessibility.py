"""axe-core finds nothing on any page, by day and by night (WCAG 2.2 A and AA)."""

from __future__ import annotations

import time

import pytest

from tests.samples import sample

pytestmark = pytest.mark.weights

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


FURTHER = (("front", "client-a-later", "front.jpg"), ("side", "client-c", "right.jpg"))
"""Photos of the first visit beside its front and side."""


@pytest.fixture(scope="module")
def places(context, served):
    """The address of every page, of a client with two visits that were measured."""
    home = served.split("/open")[0]
    api, headers = context.request, {"X-Posture": "1", "Origin": home}

    def post(path: str, **content) -> dict:
        answer = api.post(f"{home}/api/v1{path}", headers=headers, **content)
        assert answer.ok, answer.text()
        return answer.json()

    client = post("/clients", data={"code": "K-2", "height_cm": 168})
    visits = []
    for name in ("client-a", "client-a-later"):
        visit = post(f"/clients/{client['id']}/visits", data={"note": name})["id"]
        for role, file in (("front", "front.jpg"), ("side", "left.jpg")):
            photo = {"name": file, "mimeType": "image/jpeg", "buffer": _bytes(name, file)}
            post(f"/visits/{visit}/photos", multipart={"role": role, "file": photo})
        for role, other, file in FURTHER if name == "client-a" else ():
            photo = {"name": file, "mimeType": "image/jpeg", "buffer": _bytes(other, file)}
            fields = {"role": role, "further": "true", "file": photo}
            post(f"/visits/{visit}/photos", multipart=fields)
        job = post(f"/visits/{visit}/assess")["id"]
        _wait(lambda job=job: api.get(f"{home}/api/v1/jobs/{job}").json()["state"] == "done")
        visits.append(visit)
    asked = {"sitting": {}, "range_of_motion": {"test": "squat"}}
    photos = {
        "sitting": {"side": "client-a-sitting"},
        "range_of_motion": {"neutral": "client-a", "end": "client-a-sitting"},
    }
    further = {}
    for kind, fields in asked.items():
        made = post(f"/clients/{client['id']}/further", data={"kind": kind, **fields})["id"]
        for role, name in photos[kind].items():
            photo = {"name": "x", "mimeType": "image/jpeg", "buffer": _bytes(name, "left.jpg")}
            post(f"/further/{made}/photos", multipart={"role": role, "file": photo})
        job = post(f"/further/{made}/measure")["id"]
        _wait(lambda job=job: api.get(f"{home}/api/v1/jobs/{job}").json()["state"] == "done")
        further[kind] = f"/further/{made}"
    return {
        **further,
        "new sitting": f"/clients/{client['id']}/sitting",
        "new movement": f"/clients/{client['id']}/rom?test=lunge",
        "clients": "/",
        "client": f"/clients/{client['id']}",
        "new visit": f"/clients/{client['id']}/new-visit",
        "more photos": f"/clients/{client['id']}/new-visit?visit={visits[0]}#scale",
        "visit": f"/visits/{visits[0]}",
        "intake": f"/visits/{visits[0]}/intake",
        "editor": f"/visits/{visits[0]}/edit",
        "compare": f"/compare?before={visits[0]}&after={visits[1]}",
        "settings": "/settings",
        "missing": "/visits/none",
    }


def _bytes(client: str, file: str) -> bytes:
    return sample(client, file).read_bytes()


def _wait(is_done, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < deadline, "the visit was not measured in time"
        time.sleep(0.2)


PAGES = (
    "clients",
    "client",
    "new visit",
    "more photos",
    "visit",
    "intake",
    "editor",
    "compare",
    "settings",
    "missing",
    "sitting",
    "range_of_motion",
    "new sitting",
    "new movement",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(context, served, places, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    opened = context.new_page()
    opened.emulate_media(color_scheme=scheme)
    opened.goto(served.split("/open")[0] + places[name])
    opened.wait_for_load_state("networkidle")
    opened.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    found = axe.run(opened, options={"runOnly": {"type": "tag", "values": TAGS}})
    opened.close()
    told = [
        f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes']][:3]}"
        for fault in found.response["violations"]
    ]
    assert told == []
