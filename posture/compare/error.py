"""How large the error of a change is against the errors of its two visits.

Both visits show the same client, so a bias that a build brings cancels in the difference.
How much is left was measured on synthetic clients who came twice; the factors stand in
`data/change_error.csv`, made by `python -m posture.synthetic.pairs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from posture.anatomy import Method
from posture.compare.types import Clothing
from posture.data_tables import read_data_table

__all__ = ["INDEPENDENT", "ChangeError", "change_error"]

INDEPENDENT = 1.0
"""The factor where nothing cancels: the two errors are taken for independent."""


_NINE_IN_TEN = 1.2816  # standard deviations that nine in ten errors stay above


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeError:
    """How the change of a measure errs, in units of the root sum of squares of both halves.

    `factor` is half the change's 95 % interval. An estimator leans towards what is usual:
    `kept` is the part of a true change that it shows on average, and `spread` the standard
    deviation about that; both are None where true changes were too small to tell.
    """

    factor: float
    kept: float | None = None
    spread: float | None = None

    def surely(self) -> float | None:
        """Return the true change that nine pairs in ten show, None where it is not known."""
        if not self.kept or self.spread is None or self.kept < 0:
            return None
        return (self.factor + _NINE_IN_TEN * self.spread) / self.kept


def change_error(measure: str, method: Method, clothing: Clothing) -> ChangeError:
    """Return the error of a measure's changes.

    Parameters
    ----------
    measure
        Id of the measure.
    method
        Of both visits alike. Stickers are taken to repeat at least as well as hands, and
        proxies, whose truth nobody knows, for independent.
    clothing
        Whether the client wore the same; where that is not stated, the larger error counts.
    """
    known = [
        _table().get((measure, "estimated" if method is Method.ESTIMATED else "manual", worn))
        for worn in (("same", "other") if clothing == "not stated" else (clothing,))
    ]
    found = [error for error in known if error is not None]
    if method is Method.PROXY or not found:
        return ChangeError(factor=INDEPENDENT)
    return max(found, key=lambda error: error.factor)


@cache
def _table() -> dict[tuple[str, str, str], ChangeError]:
    return {
        (row["measure"], row["method"], row["clothing"]): ChangeError(
            factor=float(row["factor"]),
            kept=float(row["kept"]) if row["kept"] else None,
            spread=float(row["spread"]) if row["spread"] else None,
        )
        for row in read_data_table("change_error.csv")
    }
