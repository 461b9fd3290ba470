"""Who the synthetic clients are: a seed becomes a person's shape and posture.

The population is made to look like people: its measures come out near the published
means and spreads; `python -m posture.synthetic.population --check 500` prints them side by
side. A tenth are drawn far out, so that the estimator has seen extremes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from posture.anatomy import View
from posture.synthetic.body import BodyParameters, Posture, build_body
from posture.synthetic.builds import sample_phenotype
from posture.synthetic.pose import Turn
from posture.synthetic.truth import back_line, measure_truth

__all__ = ["PUBLISHED", "Client", "Style", "another_day", "restand", "sample_client"]

Style = Literal["mixed", "lifelike", "extreme"]

_EXTREME_SHARE = 0.10
_EXTREME_FACTOR = 1.8

PUBLISHED = {
    "craniovertebral_angle_deg": (49.5, 6.5),
    "pelvic_tilt_deg": (11.0, 4.0),
    "trunk_lean_deg": (0.0, 3.5),
    "head_tilt_deg": (0.0, 3.5),
    "shoulder_tilt_deg": (0.0, 2.0),
    "pelvic_obliquity_deg": (0.0, 1.5),
}
"""Mean and standard deviation that the population is to come out near, from the protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One synthetic person. `age_years` and `sex` are what the shape was drawn for."""

    seed: int
    sex: str
    age_years: float
    build: str
    body: BodyParameters


def sample_client(seed: int, *, style: Style = "mixed") -> Client:
    """Return the client of a seed; the same on every machine.

    `style` says how far out postures are drawn: `lifelike`, `extreme` (spreads nearly
    doubled), or `mixed`, a tenth of extremes among the lifelike.
    """
    rng = np.random.default_rng([seed, 1])
    sex = "female" if rng.random() < 0.55 else "male"
    age = float(rng.uniform(18, 85))
    share = {"lifelike": 0.0, "mixed": _EXTREME_SHARE, "extreme": 1.0}[style]
    spread = _EXTREME_FACTOR if rng.random() < share else 1.0
    phenotype, build = sample_phenotype(np.random.default_rng([seed, 6]), sex, age)
    posture = _posture(rng, sex, age, spread)
    return Client(
        seed=seed,
        sex=sex,
        age_years=age,
        build=build,
        body=BodyParameters(phenotype=phenotype, posture=posture),
    )


def another_day(body: BodyParameters, rng: np.random.Generator, *, change: float) -> BodyParameters:
    """Return the same person on another day.

    Everyone stands a little differently each time; `change` (0 for none) is how large a
    lasting change of head, shoulders and pelvis comes on top, about 1 for one population
    standard deviation.
    """
    posture = restand(body, rng).posture
    head, pelvis, shoulders = rng.normal(0.0, change, 3)
    return replace(
        body,
        posture=replace(
            posture,
            neck=_pitched(posture.neck, 9.0 * head),
            pelvis=_pitched(posture.pelvis, 6.0 * pelvis),
            lumbar=_pitched(posture.lumbar, -2.0 * pelvis),
            protraction_deg=(
                posture.protraction_deg[0] + 6.0 * shoulders,
                posture.protraction_deg[1] + 6.0 * shoulders,
            ),
        ),
    )


def restand(body: BodyParameters, rng: np.random.Generator) -> BodyParameters:
    """Return the same person standing up anew, as between two photos of one visit."""
    p = body.posture

    def nudge(turn: Turn, sd: float) -> Turn:
        pitch, roll, yaw = rng.normal(0.0, sd, 3)
        return Turn(
            pitch_deg=turn.pitch_deg + pitch,
            roll_deg=turn.roll_deg + 0.5 * roll,
            yaw_deg=turn.yaw_deg + yaw,
        )

    return replace(
        body,
        posture=replace(
            p,
            pelvis=nudge(p.pelvis, 0.6),
            lumbar=nudge(p.lumbar, 0.6),
            thorax_low=nudge(p.thorax_low, 0.7),
            thorax_high=nudge(p.thorax_high, 0.7),
            neck=nudge(p.neck, 1.2),
            head=nudge(p.head, 1.5),
            balance_m=p.balance_m + float(rng.normal(0.0, 0.005)),
        ),
    )


def _pitched(turn: Turn, by_deg: float) -> Turn:
    return replace(turn, pitch_deg=turn.pitch_deg + by_deg)


def _posture(rng: np.random.Generator, sex: str, age: float, spread: float) -> Posture:
    def draw(sd: float, mean: float = 0.0) -> float:
        return mean + spread * float(rng.normal(0.0, sd))

    aged = (age - 50.0) / 35.0
    # Women tilt the pelvis further forward (Nguyen and Shultz 2007, J Orthop Sports Phys Ther).
    tilt = draw(5.2, 5.0 if sex == "female" else -0.5)
    rounding = draw(4.5, 1.5 + 2.5 * aged)
    sway = draw(1.6)
    lean = draw(1.9, -4.1) - 0.8 * sway
    thorax_low = lean - 0.25 * rounding - 0.15 * tilt + draw(1.3)
    thorax_high = lean + 0.75 * rounding + draw(1.5)
    neck = draw(5.6, -2.7 + 3.0 * aged) + 0.5 * rounding
    head_roll = draw(3.0)
    trunk_roll, pelvis_roll = draw(1.3), draw(1.4)
    both_forward, both_up = draw(4.0, -0.5 + 0.3 * rounding), draw(2.5, 1.0)
    limbs = _limbs(rng, draw(3.0, -4.5), sway)
    return replace(
        limbs,
        pelvis=Turn(pitch_deg=tilt, roll_deg=pelvis_roll, yaw_deg=draw(2.0)),
        lumbar=Turn(
            pitch_deg=lean - 0.25 * tilt + 0.4 * sway + draw(2.0),
            roll_deg=0.5 * pelvis_roll - trunk_roll + draw(0.8),
            yaw_deg=draw(1.5),
        ),
        thorax_low=Turn(pitch_deg=thorax_low, roll_deg=trunk_roll, yaw_deg=draw(1.5)),
        thorax_high=Turn(pitch_deg=thorax_high, roll_deg=trunk_roll + draw(0.8), yaw_deg=draw(2.5)),
        neck=Turn(pitch_deg=neck, roll_deg=0.5 * head_roll + draw(1.2), yaw_deg=draw(2.0)),
        head=Turn(pitch_deg=draw(4.5, 0.25 * neck - 1.0), roll_deg=head_roll, yaw_deg=draw(3.5)),
        protraction_deg=(both_forward + draw(2.0), both_forward + draw(2.0)),
        elevation_deg=(both_up + draw(2.0), both_up + draw(2.0)),
    )


def _limbs(rng: np.random.Generator, knees: float, sway: float) -> Posture:
    def pair(mean: float, sd: float, apart_sd: float) -> tuple[float, float]:
        common = mean + float(rng.normal(0.0, sd))
        left, right = rng.normal(0.0, apart_sd, 2)
        return common + float(left), common + float(right)

    carries = rng.random() < 0.10  # Hands brought together in front, as to hold a card.
    return Posture(
        arm_abduction_deg=pair(9.0, 3.0, 1.5),
        arm_flexion_deg=pair(4.0 if carries else -1.0, 6.0, 3.0),
        elbow_flexion_deg=pair(80.0 if carries else 16.0, 8.0, 3.0),
        forearm_inward_deg=pair(35.0, 5.0, 3.0) if carries else (0.0, 0.0),
        knee_flexion_deg=(
            knees + 0.3 * sway + float(rng.normal(0.0, 1.2)),
            knees + 0.3 * sway + float(rng.normal(0.0, 1.2)),
        ),
        knee_valgus_deg=pair(-0.5, 2.2, 1.2),
        foot_turnout_deg=pair(6.0, 5.0, 2.5),
        ankle_width=float(np.clip(rng.normal(0.105, 0.03), 0.04, 0.2)),
        balance_m=float(rng.normal(-0.025, 0.012)),
    )


def _check(count: int) -> None:
    """Print each measure's mean and spread over the population beside the published ones."""
    values: dict[str, list[float]] = {}
    for seed in range(count):
        body = build_body(sample_client(seed).body)
        back = back_line(body.vertices, body.faces)
        for view in (View.LEFT, View.FRONT):
            truth = measure_truth(
                body.landmarks, body.joints, view, stature_m=body.stature_m, back=back
            )
            for name, value in truth.items():
                values.setdefault(name, []).append(value)
    print(f"{'measure':30}{'mean':>8}{'SD':>8}   published mean and SD   ({count} clients)")
    for name, numbers in values.items():
        published = "{:8.1f}{:8.1f}".format(*PUBLISHED[name]) if name in PUBLISHED else ""
        print(f"{name:30}{np.mean(numbers):8.2f}{np.std(numbers):8.2f}   {published}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", type=int, default=200, metavar="N", help="how many clients")
    _check(parser.parse_args().check)
