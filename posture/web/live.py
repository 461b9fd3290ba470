"""New numbers while a landmark is dragged: no detector, no pixels, hardly a look at the records."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.errors import PostureError
from posture.results import Assessment, Client
from posture.web.assessing import Bench

if TYPE_CHECKING:
    from posture.anatomy import View
    from posture.landmarks import LandmarkSet
    from posture.records import PhotoRecord, Records, VisitRecord
    from posture.web.shelf import Shelf

__all__ = ["LiveBench", "VisitInputs", "visit_inputs"]

_logger = logging.getLogger(__name__)

_FRESH_SECONDS = 1.0
_MOST_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitInputs:
    """What a visit is measured on. `landmarks` are those that a person placed."""

    photos: tuple[PhotoRecord, ...]
    landmarks: Mapping[View, LandmarkSet]
    client: Client
    version: int


class LiveBench:
    """Measures visits on what was found in their photos. Thread-safe.

    What a visit is measured on is read from the records once a second at most: a drag asks
    thirty times as often. What is returned is not stored, so it may be that old.

    Parameters
    ----------
    records
        Where visits are kept.
    shelf
        Where poses are kept.
    clock
        Seconds that only grow.
    """

    def __init__(
        self, records: Records, shelf: Shelf, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._records, self._shelf, self._clock = records, shelf, clock
        self._bench: Bench | None = None
        self._bench_lock, self._lock = threading.Lock(), threading.Lock()
        self._inputs: OrderedDict[str, tuple[float, VisitInputs]] = OrderedDict()

    def try_out(
        self, visit_id: str, landmarks: Mapping[View, LandmarkSet]
    ) -> tuple[Assessment, int]:
        """Return what these landmarks would give, and the version of the visit.

        Parameters
        ----------
        visit_id
            The visit.
        landmarks
            Per view all landmarks that a person placed; views that are not named keep
            theirs.

        Raises
        ------
        NotFoundError
            If there is no such visit.
        NotLookedAtError, InputError
            As `Bench.measure`.
        WeightsError
            If the weights, whose version stands in every assessment, are missing.
        """
        inputs = self._fresh(visit_id)
        return self.measure(inputs, landmarks), inputs.version

    def measure(self, inputs: VisitInputs, landmarks: Mapping[View, LandmarkSet]) -> Assessment:
        """Return what `landmarks`, in place of those of their views, give. As `try_out` else."""
        placed = {**inputs.landmarks, **landmarks}
        return self.bench().measure(inputs.photos, inputs.client, placed)

    def forget(self, visit_id: str) -> None:
        """Read a visit anew at the next try, because it was changed."""
        with self._lock:
            self._inputs.pop(visit_id, None)

    def bench(self) -> Bench:
        """Return the bench, set up by now. It takes a quarter of a second the first time."""
        with self._bench_lock:
            if self._bench is None:
                self._bench = Bench(self._shelf)
            return self._bench

    def warm_up(self) -> None:
        """Set the bench up before it is needed; what hinders is told when it is."""
        try:
            self.bench()
        except PostureError as error:
            _logger.info("not warmed up: %s", error)

    def _fresh(self, visit_id: str) -> VisitInputs:
        now = self._clock()
        with self._lock:
            read, inputs = self._inputs.get(visit_id, (-_FRESH_SECONDS, None))
        if inputs is None or now - read > _FRESH_SECONDS:
            inputs = visit_inputs(self._records, self._records.visit(visit_id))
            with self._lock:
                self._inputs[visit_id] = (now, inputs)
                self._inputs.move_to_end(visit_id)
                while len(self._inputs) > _MOST_KEPT:
                    self._inputs.popitem(last=False)
        return inputs


def visit_inputs(records: Records, visit: VisitRecord) -> VisitInputs:
    """Return what a visit is measured on. The client goes by code, never by name."""
    client = records.client(visit.client_id)
    return VisitInputs(
        photos=visit.photos,
        landmarks=visit.landmarks,
        client=Client(id=client.code, height_cm=client.height_cm),
        version=visit.version,
    )
