"""New numbers while a landmark is dragged: no detector, no pixels, hardly a look at the records."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.errors import InputError, PostureError
from posture.results import Assessment, Client
from posture.web.assessing import Bench

if TYPE_CHECKING:
    from posture.anatomy import View
    from posture.landmarks import LandmarkSet
    from posture.records import Records, VisitRecord
    from posture.web.shelf import Shelf

__all__ = ["LiveBench", "VisitInputs", "visit_inputs"]

_logger = logging.getLogger(__name__)

_FRESH_SECONDS = 1.0
_MOST_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitInputs:
    """What a visit is measured on."""

    visit: VisitRecord
    client: Client

    @property
    def version(self) -> int:
        """The visit's."""
        return self.visit.version

    def placed_with(
        self, landmarks: Mapping[View, LandmarkSet], photo_id: str | None
    ) -> dict[str, Mapping[View, LandmarkSet]]:
        """Return the landmarks that a person placed, with these in place of their views'.

        They lie on the photo named, else on the one that `VisitRecord.photo_of` gives.

        Raises
        ------
        InputError
            If the visit has no such photo.
        """
        placed = dict(self.visit.placed)
        there = {photo.id for photo in self.visit.photos}
        for view, marks in landmarks.items():
            first = self.visit.photo_of(view)
            on = photo_id or (first.id if first else "")
            if on not in there:
                raise InputError(
                    f"landmarks: expected those of this visit's photos, found some of the "
                    f"{view.value} view, which was not photographed. Add the photo first."
                )
            placed[on] = {**placed.get(on, {}), view: marks}
        return placed


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
        self,
        visit_id: str,
        landmarks: Mapping[View, LandmarkSet],
        photo_id: str | None = None,
    ) -> tuple[Assessment, VisitRecord]:
        """Return what these landmarks would give, and the visit.

        Parameters
        ----------
        visit_id
            The visit.
        landmarks
            Per view all landmarks that a person placed; views that are not named keep
            theirs.
        photo_id
            The photo they are on, as `VisitInputs.placed_with` takes it.

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
        return self.measure(inputs, landmarks, photo_id), inputs.visit

    def measure(
        self,
        inputs: VisitInputs,
        landmarks: Mapping[View, LandmarkSet],
        photo_id: str | None = None,
    ) -> Assessment:
        """Return what `landmarks`, in place of those of their views, give. As `try_out` else."""
        placed = inputs.placed_with(landmarks, photo_id)
        visit = inputs.visit
        return self.bench().measure(visit.photos, inputs.client, placed, visit.capture)

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
    return VisitInputs(visit=visit, client=Client(id=client.code, height_cm=client.height_cm))
