"""The records of a practice: open them, and everything that can be done with them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from posture.closing import Closing
from posture.records.assessments import AssessmentRecords
from posture.records.clients import ClientRecords
from posture.records.database import explained, open_postgresql, open_sqlite, upgrade
from posture.records.deletion import DeletionRecords
from posture.records.encryption import EncryptionRecords
from posture.records.errors import RecordsError
from posture.records.files import PhotoFiles, make_private_folder
from posture.records.integrity import IntegrityRecords
from posture.records.landmarks import LandmarkRecords
from posture.records.practice import PracticeRecords
from posture.records.snapshot import SnapshotRecords
from posture.records.swap import finish_swap
from posture.records.transfer import TransferRecords
from posture.records.visits import VisitRecords

__all__ = ["Records", "default_folder", "open_records"]

DATABASE_NAME = "records.sqlite"
PHOTOS_FOLDER = "photos"


class Records(
    Closing,
    ClientRecords,
    VisitRecords,
    LandmarkRecords,
    AssessmentRecords,
    PracticeRecords,
    DeletionRecords,
    TransferRecords,
    SnapshotRecords,
    IntegrityRecords,
    EncryptionRecords,
):
    """The records of a practice, a context manager. `open_records` makes one.

    Each method is one transaction. It may be called from several threads at once, and by
    several programs on the same records.
    """

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def default_folder() -> Path:
    """Return where records are kept unless told otherwise."""
    from platformdirs import user_data_path

    return user_data_path("posture", appauthor=False) / "records"


def open_records(
    place: Path | str | None = None,
    *,
    files: Path | None = None,
    passphrase: str | None = None,
    make: bool = True,
) -> Records:
    """Open the records of a practice; make them where there are none yet.

    Parameters
    ----------
    place
        A folder, or the URL of a PostgreSQL database (`postgresql://user@host/name`). None
        stands for the user's own data folder.
    files
        The folder of the photos. With a PostgreSQL database it has to be named, and to be
        the same for all machines; else it lies in `place`.
    passphrase
        Unlocks photos that are encrypted; `Records.encrypt` is what encrypts them.
    make
        Whether a folder without records gets some. Who only reads says no: then a mistaken
        place is told, instead of being found empty.

    Raises
    ------
    PassphraseError
        If the photos are encrypted and the passphrase is missing or wrong.
    RecordsError
        If the records cannot be opened, or there are none and `make` is false.
    """
    engine, photos = _places(place, files, make=make)
    try:
        with explained():
            upgrade(engine)
        records = Records(engine, PhotoFiles(photos))
        records.unlock(passphrase)
        records.tidy()
    except BaseException:
        engine.dispose()
        raise
    return records


def _places(place: Path | str | None, files: Path | None, *, make: bool) -> tuple[Engine, Path]:
    """Return the engine and the folder of photos."""
    if isinstance(place, str) and "://" in place:
        if files is None:
            raise RecordsError(
                "Expected a folder for the photos beside a PostgreSQL database, found none. Name "
                "one that all machines share."
            )
        return open_postgresql(place), files
    folder = default_folder() if place is None else Path(place)
    finish_swap(folder.resolve())  # a restore that a crash interrupted
    if not make and not (folder / DATABASE_NAME).is_file():
        raise RecordsError(
            f"Expected the records of `posture serve` in {folder}, found none. Name their folder."
        )
    make_private_folder(folder)
    return open_sqlite(folder / DATABASE_NAME), files or folder / PHOTOS_FOLDER
