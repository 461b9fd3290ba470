"""How far a photo itself leads a measure astray, however well its landmarks are placed.

    python -m posture.synthetic.photo_error

writes `posture/data/photo_error.csv`: per measure the standard deviation of the difference, over
synthetic clients photographed by careful amateurs (camera at 0.8–1.25 m, 2.6–3.8 m away, turned
by 3° and rolled by 1°). For clinical measures, between what the exact landmarks give on the
picture and what is true of the body; for proxies, between pictures of one posture by several
cameras, since a proxy is true of nothing but its own points. Degrees, ratio, or cm at a
stature of 170 cm.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from posture.anatomy import Method, View
from posture.landmarks import Landmark, LandmarkSet, Pose
from posture.measures.compute import compute_measures
from posture.measures.formulas import FORMULAS
from posture.measures.table import MEASURES
from posture.results import Unit
from posture.scale import BodyScale, body_scale
from posture.silhouette import Outline, outline
from posture.synthetic.back_points import back_points
from posture.synthetic.body import Body, build_body
from posture.synthetic.camera import Camera, sample_camera
from posture.synthetic.population import sample_client
from posture.synthetic.truth import back_line, measure_truth

__all__ = ["clinical_errors", "main", "proxy_errors"]

_STATURE_CM = 170.0
_FIRST_SEED = 800_000
_VIEWS = (View.FRONT, View.LEFT)

_ONLY_FROM_BEHIND = tuple(
    name for name, row in MEASURES.items() if row.only_from is View.BACK and name in FORMULAS
)

Errors = dict[str, list[float]]


def clinical_errors(clients: int) -> Errors:
    """Return picture minus truth of every clinical measure, for exactly placed landmarks."""
    errors: Errors = {}
    for seed in range(_FIRST_SEED, _FIRST_SEED + clients):
        body = build_body(sample_client(seed).body)
        rng = np.random.default_rng([seed, 5])
        for view in (*_VIEWS, View.BACK):
            camera = sample_camera(rng, view, body.stature_m)
            if view is View.BACK:
                _add_from_behind(errors, body, camera)
                continue
            truth = measure_truth(
                body.landmarks,
                body.joints,
                view,
                stature_m=body.stature_m,
                back=back_line(body.vertices, body.faces),
            )
            for name, value in _on_picture(body, camera, view):
                difference = value - truth[name]
                errors.setdefault(name, []).append(_at_170_cm(name, difference, body.stature_m))
    return errors


def _add_from_behind(errors: Errors, body: Body, camera: Camera) -> None:
    """Add the errors of what only a back view shows; the rest is as from the front."""
    marks = dict(body.landmarks)
    marks |= {name: point.on(body.vertices) for name, point in back_points().items()}
    points = {name: np.array([-mark[1], mark[2]]) * 100.0 for name, mark in marks.items()}
    for name, value in _on_picture(replace(body, landmarks=marks), camera, View.BACK):
        if name in _ONLY_FROM_BEHIND:
            difference = value - FORMULAS[name](points)
            errors.setdefault(name, []).append(_at_170_cm(name, difference, body.stature_m))


def _on_picture(body: Body, camera: Camera, view: View) -> Iterator[tuple[str, float]]:
    marks = {
        name: Landmark(x_px=float(x), y_px=float(y), method=Method.MANUAL, sd_px=0.0)
        for name, point in _named(body, view)
        for x, y in camera.project(point[None])
    }
    contour = camera.project(back_line(body.vertices, body.faces)) if view.is_lateral else None
    scale = _scale(body, camera, view)
    for measure in compute_measures(LandmarkSet(marks), view, scale=scale, contour=contour):
        if measure.value is not None and not MEASURES[measure.id].is_proxy:
            yield measure.id, measure.value


def _named(body: Body, view: View) -> Iterator[tuple[str, np.ndarray]]:
    yield from body.landmarks.items()
    if not view.is_lateral:
        names = ("hip", "knee_centre", "ankle")
        for name in (f"{n}_{side}" for n in names for side in ("left", "right")):
            yield name, body.joints[name]


def _scale(body: Body, camera: Camera, view: View) -> BodyScale:
    rows = camera.project(body.vertices)[:, 1]
    extent = Outline(
        crown_y_px=float(rows.min()),
        sole_y_px=float(rows.max()),
        touches_top=False,
        touches_bottom=False,
    )
    return body_scale(extent, view, stature_cm=100 * body.stature_m)


def proxy_errors(clients: int, cameras: int) -> Errors:
    """Return each proxy's deviation from its mean over several pictures of one posture."""
    from posture.detect import open_detector
    from posture.synthetic.appearance import skin_mesh
    from posture.synthetic.render_gl import GLRenderer
    from posture.synthetic.scene import sample_scene

    errors: Errors = {}
    renderer = GLRenderer()
    with open_detector("heavy") as detector:
        for seed in range(_FIRST_SEED, _FIRST_SEED + clients):
            body = build_body(sample_client(seed).body)
            rng = np.random.default_rng([seed, 6])
            skin, scene = skin_mesh(body, seed % 10, rng), sample_scene(rng)
            for view in _VIEWS:
                shots = []
                for _ in range(cameras):
                    camera = sample_camera(rng, view, body.stature_m)
                    pose = detector.detect(renderer.render([skin], camera, scene, rng))
                    if isinstance(pose, Pose):
                        shots.append(_proxies(pose, view, body.stature_m))
                _add_spread(errors, shots, body.stature_m)
    return errors


def _proxies(pose: Pose, view: View, stature_m: float) -> dict[str, float]:
    marks = LandmarkSet(
        {
            name: Landmark(x_px=p.x_px, y_px=p.y_px, method=Method.PROXY, sd_px=0.0)
            for name, p in pose.points.items()
        }
    )
    extent = outline(pose)
    whole = extent is not None and not (extent.touches_top or extent.touches_bottom)
    scale = (
        body_scale(extent, view, stature_cm=100 * stature_m)
        if extent is not None and whole
        else None
    )
    return {
        m.id: m.value
        for m in compute_measures(marks, view, scale=scale)
        if m.value is not None and MEASURES[m.id].is_proxy
    }


def _add_spread(errors: Errors, shots: Sequence[dict[str, float]], stature_m: float) -> None:
    for name in sorted({name for shot in shots for name in shot}):
        values = np.array([shot[name] for shot in shots if name in shot])
        if len(values) < 2:
            continue
        # The mean of few takes up part of the spread: n / (n − 1) gives it back.
        unbiased = (values - values.mean()) * np.sqrt(len(values) / (len(values) - 1))
        errors.setdefault(name, []).extend(
            _at_170_cm(name, float(value), stature_m) for value in unbiased
        )


def _at_170_cm(name: str, value: float, stature_m: float) -> float:
    is_length = MEASURES[name].unit is Unit.CENTIMETRES
    return value * _STATURE_CM / (100 * stature_m) if is_length else value


def _line(name: str, errors: Sequence[float]) -> str:
    """Return a measure's row: standard deviation about zero, bias, count.

    A proxy's deviations are taken from their own mean, so it has no bias. The network now
    and then misses a leg altogether, which no camera explains and no interval can hold:
    a proxy's standard deviation is that of the normal distribution that has the same 95 %
    range.
    """
    values = np.array(errors)
    if MEASURES[name].is_proxy:
        sd, bias = float(np.quantile(np.abs(values), 0.95)) / 1.96, 0.0
    else:
        sd, bias = float(np.sqrt(np.mean(values**2))), float(values.mean())
    return f"{name},{sd:.4g},{bias:.4g},{len(values)}"


def main(argv: list[str] | None = None) -> int:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description="Measure what a photo itself costs in accuracy.")
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--rendered", type=int, default=40)
    parser.add_argument("--cameras", type=int, default=4)
    args = parser.parse_args(argv)
    errors = clinical_errors(args.clients) | proxy_errors(args.rendered, args.cameras)
    lines = [
        "# Standard deviation about zero that the photo itself adds, on synthetic clients; lengths",
        f"# in cm at {_STATURE_CM:g} cm stature. python -m posture.synthetic.photo_error "
        f"--clients {args.clients} --rendered {args.rendered} --cameras {args.cameras}",
        "measure,sd,bias,n",
    ]
    lines += [_line(name, errors[name]) for name in MEASURES if name in errors]
    target = Path(__file__).resolve().parents[1] / "data" / "photo_error.csv"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(target.read_text(encoding="utf-8"), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
