"""`posture plan`: from an assessment and an intake to what to assess, without photos."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from posture.cli.options import add_paper_option, add_practice_option, add_session_options

if TYPE_CHECKING:
    from posture.bodychart import ChartView
    from posture.plan import PlannedVisit
    from posture.results import Assessment

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "plan",
        help="plan what to assess, a session and home care from an assessment and an intake",
        description="Plan what to assess, and why, from assessment.json and an intake (TOML or "
        "JSON). A red flag in the intake stops the plan. Without an assessment, print an intake "
        "to fill in.",
    )
    parser.add_argument(
        "assessment", type=Path, nargs="?", metavar="ASSESSMENT", help="assessment.json"
    )
    parser.add_argument("--intake", type=Path, metavar="FILE", help="the intake, .toml or .json")
    add_session_options(parser)
    parser.add_argument(
        "--charts", type=Path, metavar="DIR", help="also write the body charts as SVG"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="also write report and client pages as HTML and PDF, without photos",
    )
    add_practice_option(parser, where=", for the pages' head")
    add_paper_option(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Print the plan; write its pages, and the charts that show anything, where asked."""
    from posture.i18n.localised import localised_knowledge

    knowledge = localised_knowledge(args.language)
    if args.assessment is None:
        if args.intake or args.charts or args.output:
            args.parser.error("expected an assessment.json to plan from")
        from posture.intake import intake_template

        print(intake_template(knowledge), end="")
        return 0
    if args.intake is None:
        args.parser.error("expected --intake FILE; `posture plan` alone prints one to fill in")

    from posture.assessment_file import read_assessment
    from posture.intake import read_intake
    from posture.plan.text import plan_to_text
    from posture.plan.visit import plan_visit

    assessment = read_assessment(args.assessment)
    intake = read_intake(args.intake, knowledge)
    visit = plan_visit(assessment, intake, minutes=args.minutes, language=args.language)
    print(plan_to_text(visit.plan))
    if args.charts:
        from posture.plan.charts import plan_charts

        _write_charts(args.charts, plan_charts(visit.plan, knowledge))
    if args.output:
        _write_pages(args, assessment, visit)
    return 0


def _write_pages(args: argparse.Namespace, assessment: Assessment, visit: PlannedVisit) -> None:
    from posture.output import output_directory
    from posture.report import write_report

    with output_directory(args.output) as staging:
        names = write_report(
            staging, assessment, {}, practice=args.practice, paper=args.paper, visit=visit
        )
    for name in names:
        print(args.output / name)


def _write_charts(folder: Path, charts: Mapping[ChartView, str]) -> None:
    from posture.output import output_directory

    with output_directory(folder) as staging:
        for view, svg in charts.items():
            (staging / f"bodychart-{view}.svg").write_text(svg, encoding="utf-8")
    for view in charts:
        print(folder / f"bodychart-{view}.svg")
