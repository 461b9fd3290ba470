"""`posture batch`: a folder or a table of many clients' photos to tables and a summary."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from posture.cli.camera_options import add_camera_options, scale_aids
from posture.cli.options import (
    add_blur_face_option,
    add_language_option,
    add_output_folder,
    add_practice_option,
)

if TYPE_CHECKING:
    from posture.batch.run import Progress
    from posture.batch.types import Plan

__all__ = ["add_parser", "run"]

EXIT_STOPPED = 130


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "batch",
        help="measure many clients from a folder or a table of photos",
        description="Measure every visit of a folder of photos named ID_DATE_VIEW.jpg (or in "
        "folders ID/DATE/VIEW.jpg), or of a manifest: CSV or Parquet with the columns client, "
        "visit, date, view, file, height_cm, landmarks, and roll_deg and paper_scale where they "
        "are not those of all visits. Writes measures.csv, measures.parquet, failures.csv, "
        "changes.csv, summary.html and one folder per visit. A run that was stopped or killed goes "
        "on where it was when the same command is given again.",
    )
    parser.add_argument("source", type=Path, metavar="PATH", help="folder or manifest")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=_jobs, metavar="N", help="processes (default: one per core)")
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="run on an existing Dask cluster, such as tcp://host:8786",
    )
    parser.add_argument(
        "--reports", action="store_true", help="also write report.html and report.pdf per visit"
    )
    add_camera_options(parser, of_many=True)
    parser.add_argument(
        "--stickers", action="store_true", help="look for adhesive dots on the landmarks"
    )
    add_blur_face_option(parser, what="make faces unrecognisable in all pictures; the ear is kept")
    add_practice_option(parser, where=", for the reports' head")
    add_language_option(parser, of="of summary and reports")
    parser.add_argument(
        "--retry", action="store_true", help="try again what failed in an earlier run"
    )
    parser.add_argument(
        "--redo",
        action="store_true",
        help="take a folder that another version made, and assess everything anew",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    add_output_folder(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Run the batch and return the exit code."""
    from posture.batch.batch import run_batch
    from posture.batch.types import Settings
    from posture.batch.worker import open_heavy_assessor
    from posture.capture.options import CaptureOptions

    result = run_batch(
        args.source,
        args.output,
        jobs=args.jobs,
        scheduler=args.scheduler,
        settings=Settings(
            make_assessor=open_heavy_assessor,
            capture=CaptureOptions(
                roll=args.roll_deg, scales=scale_aids(args), stickers=args.stickers
            ),
            reports=args.reports,
            blur_face=args.blur_face,
            practice=args.practice,
            language=args.language,
        ),
        redo=args.redo,
        retry=args.retry,
        show_progress=None if args.quiet else _progress,
        tell=lambda text: print(f"posture: {text}", file=sys.stderr),
    )
    if result.stopped:
        print(
            f"posture: stopped on request; {result.done} of {result.visits} visits are done. Run "
            "the same command again to go on.",
            file=sys.stderr,
        )
        return EXIT_STOPPED
    again = f", {result.done_before} of them before" if result.done_before else ""
    print(f"{result.visits} visits{again}; {result.rows} measures; {result.failures} failures")
    for path in result.written:
        print(path)
    if result.failures:
        print(
            f"posture: {result.failures} photos or visits gave no measures; failures.csv says why",
            file=sys.stderr,
        )
    return 1 if result.failures else 0


@contextmanager
def _progress(plan: Plan) -> Iterator[Progress]:
    """Show a bar with rate and time left; what was done before does not count as speed."""
    from tqdm import tqdm

    total = sum(len(visit.photos) for visit in plan.visits)
    with tqdm(total=total, unit="photo", dynamic_ncols=True, smoothing=0.05) as bar:
        yield _Bar(bar)


class _Bar:
    def __init__(self, bar: object) -> None:
        self._bar: object = bar
        self._failures = 0

    def advance(self, photos: int, *, failures: int, done_before: bool) -> None:
        """Move the bar."""
        bar = self._bar
        if done_before:
            bar.initial += photos  # type: ignore[attr-defined]
        bar.update(photos)  # type: ignore[attr-defined]
        if failures:
            self._failures += failures
            bar.set_postfix_str(f"{self._failures} failed")  # type: ignore[attr-defined]


def _jobs(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= 512:
        raise argparse.ArgumentTypeError(f"expected a number of processes from 1, found {text!r}")
    return value
