"""From an assessment to the report's content: which sections, in which order. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from posture.anatomy import Method
from posture.both_sides import sided_title
from posture.findings import format_interval, lies_beyond_range
from posture.i18n import catalogue
from posture.i18n.phrases import Say, say_in
from posture.norms import reference_range
from posture.plan import PlannedVisit
from posture.report.both_sides import sides_section
from posture.report.content import (
    Block,
    Bullet,
    Bullets,
    Facts,
    Highlight,
    Highlights,
    MuscleCard,
    MuscleList,
    Paragraph,
    Picture,
    Pictures,
    Report,
    Section,
)
from posture.report.plan_sections import plan_sections, stop_section
from posture.report.tables import Sources, measures_charts, measures_table, missing_list
from posture.report.translated import translated
from posture.report.wording import (
    DISCLAIMER,
    INTERVAL,
    LIMITS,
    METHOD_MEANINGS,
    MUSCLES_INTRO,
    REPEATS,
    date_in_words,
    joined,
)
from posture.results import Assessment, Finding, Measure, Suggestion, Unit

__all__ = ["build_report"]

_SHOWN_CHECKSUM = 16
_LISTED_AT_A_GLANCE = 6
_NBSP = "\N{NO-BREAK SPACE}"


def build_report(
    assessment: Assessment,
    pictures: Sequence[Picture] = (),
    *,
    practice: str = "",
    visit: PlannedVisit | None = None,
    language: str = "en",
) -> Report:
    """Return the report of an assessment.

    Parameters
    ----------
    assessment
        What to report.
    pictures
        Its annotated photos, see `annotated_pictures`.
    practice
        Name of the practice for the head of the page.
    visit
        The plan of the visit with its intake. It then stands in the report in place of the
        findings' general suggestions, and a plan that stops stands before everything.
    language
        Of all words.

    Raises
    ------
    ValueError
        If the plan is in another language.
    """
    if visit is not None and visit.plan.language != language:
        raise ValueError(f"expected a plan in {language!r}, found one in {visit.plan.language!r}")
    sources = Sources(words=catalogue(language))
    sections = (
        stop_section(visit) if visit else None,
        _glance(assessment),
        _pictures(pictures),
        *(plan_sections(visit, sources) if visit else ()),
        _measures(assessment, sources, say_in(language)),
        sides_section(assessment.measures),
        None if visit else _muscles(assessment, sources),
        _missing(assessment),
        _photo_notes(assessment),
        _method(assessment),
        _sources(sources),
        _software(assessment),
    )
    report = Report(
        title="Posture assessment",
        client=assessment.client.id,
        practice=practice,
        date=date_in_words(assessment.created),
        created=assessment.created,
        facts=_head_facts(assessment),
        sections=tuple(section for section in sections if section is not None),
        disclaimer=DISCLAIMER,
    )
    return translated(report, language)


def _head_facts(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    height = assessment.client.height_cm
    counts = Counter(photo.view.in_words.lower() for photo in assessment.photos)
    views = joined([f"{n} × {view}" if n > 1 else view for view, n in counts.items()])
    return (
        ("Client", assessment.client.id),
        ("Date", date_in_words(assessment.created)),
        ("Photos", views.capitalize() or "None"),
        ("Height", "Not given" if height is None else f"{height:g} cm"),
    )


def _glance(assessment: Assessment) -> Section:
    taken = [measure for measure in assessment.measures if measure.is_ok]
    blocks: list[Block] = []
    if assessment.findings:
        blocks.append(
            Highlights(items=tuple(_highlight(finding) for finding in assessment.findings))
        )
    blocks += [Paragraph(text=text) for text in _what_was_measured(assessment, taken)]
    return Section(key="glance", title="At a glance", blocks=tuple(blocks))


def _highlight(finding: Finding) -> Highlight:
    return Highlight(title=finding.title, text=finding.text, tag=finding.reference.evidence)


def _what_was_measured(assessment: Assessment, taken: Sequence[Measure]) -> list[str]:
    """Say what was compared, and plainly that nothing stands out where nothing does."""
    missing = len(assessment.measures) - len(taken)
    if not taken:
        return ["Nothing could be measured in these photos. The reasons stand below."]
    compared = [m for m in taken if _is_compared(m)]
    within = [
        f"{sided_title(m, taken)} {format_interval(m).replace(' ', _NBSP)}"
        for m in compared
        if m.id not in {finding.measure for finding in assessment.findings}
        and not lies_beyond_range(m)
    ]
    texts = []
    if not assessment.findings:
        texts.append(
            "No finding: no measure lies with its whole interval beyond its reference range."
            if compared
            else "No finding: none of the measures taken has a reference range to compare with."
        )
    if within:
        more = len(within) - _LISTED_AT_A_GLANCE
        tail = f", and {more} more" if more > 0 else ""
        listed = "; ".join(within[:_LISTED_AT_A_GLANCE])
        texts.append(f"Not beyond the reference range, or too close to tell: {listed}{tail}.")
    counts = (
        f"{len(taken)} measures taken, {len(compared) or 'none'} of them with a reference range"
    )
    texts.append(f"{counts}; {missing} not measured." if missing else f"{counts}.")
    return texts


def _is_compared(measure: Measure) -> bool:
    reference = reference_range(measure.id)
    return reference is not None and reference.unit is measure.unit


def _pictures(pictures: Sequence[Picture]) -> Section | None:
    if not pictures:
        return None
    return Section(key="pictures", title="Pictures", blocks=(Pictures(items=tuple(pictures)),))


def _measures(assessment: Assessment, sources: Sources, say: Say) -> Section | None:
    if not any(measure.is_ok for measure in assessment.measures):
        return None
    charts = measures_charts(assessment.measures, say)
    blocks: list[Block] = [] if charts is None else [charts]
    blocks.append(measures_table(assessment.measures, sources))
    if any(measure.repeats for measure in assessment.measures):
        blocks.append(Paragraph(text=REPEATS, style="note"))
    if any(measure.unit is Unit.PERCENT_STATURE for measure in assessment.measures):
        blocks.append(
            Paragraph(
                text="The client’s height was not given, so lengths stand in per cent of height.",
                style="note",
            )
        )
    return Section(key="measures", title="Measures", blocks=tuple(blocks))


def _muscles(assessment: Assessment, sources: Sources) -> Section | None:
    if not assessment.suggestions:
        return None
    titles = {(finding.id, finding.side): finding.title for finding in assessment.findings}
    cards = tuple(
        _card(suggestion, titles.get((suggestion.finding, suggestion.side)), sources)
        for suggestion in assessment.suggestions
    )
    return Section(
        key="muscles",
        title="Muscles to assess",
        blocks=(Paragraph(text=MUSCLES_INTRO), *cards),
    )


def _card(suggestion: Suggestion, title: str | None, sources: Sources) -> MuscleCard:
    mark = sources.cite(suggestion.source, suggestion.evidence)
    facts = [("School", suggestion.school), ("Source", f"{suggestion.source} {mark}")]
    if suggestion.contrary:
        facts.append(("What speaks against it", suggestion.contrary))
    lists = tuple(
        MuscleList(
            heading=heading,
            muscles=tuple(
                f"{item.muscle} ({'both sides' if item.side == 'both' else item.side})"
                for item in suggestion.muscles
                if item.role == role
            ),
        )
        for role, heading in (
            ("commonly short", "Commonly short: assess length and tone"),
            ("commonly long", "Commonly long: assess strength and control"),
        )
    )
    return MuscleCard(
        title=title or suggestion.finding.replace("_", " ").capitalize(),
        lists=tuple(item for item in lists if item.muscles),
        facts=tuple(facts),
        tag=suggestion.evidence,
    )


def _missing(assessment: Assessment) -> Section | None:
    bullets = missing_list(assessment.measures)
    if bullets is None:
        return None
    return Section(key="missing", title="Not measured, and why", blocks=(bullets,))


def _photo_notes(assessment: Assessment) -> Section:
    items = tuple(
        Bullet(
            lead=f"{photo.view.in_words}:",
            text=f"{'not measured: ' if note.severity == 'refused' else ''}{note.text}",
        )
        for photo in assessment.photos
        for note in photo.quality
    )
    block = Bullets(items=items) if items else Paragraph(text="Nothing to remark.")
    return Section(key="photos", title="Photo quality", blocks=(block,))


def _method(assessment: Assessment) -> Section:
    used = {measure.method for measure in assessment.measures if measure.is_ok}
    meanings = tuple(
        Bullet(lead=f"{method.in_words.capitalize()}:", text=METHOD_MEANINGS[method])
        for method in Method
        if method in used
    )
    blocks: list[Block] = [Paragraph(text=DISCLAIMER, style="lead"), Paragraph(text=INTERVAL)]
    if meanings:
        blocks += [
            Paragraph(text="Where a number comes from:", style="intro"),
            Bullets(items=meanings),
        ]
    blocks += [
        Paragraph(text="Limits to keep in mind:", style="intro"),
        Bullets(items=tuple(Bullet(text=text) for text in LIMITS)),
        Paragraph(
            text="Evidence tags: “sourced” was read in the source named; “to re-check” is "
            "believed right but not yet verified in the source; “clinical convention” is "
            "customary, without a study behind it.",
            style="note",
        ),
    ]
    return Section(key="method", title="Method and limits", blocks=tuple(blocks))


def _sources(sources: Sources) -> Section | None:
    bullets = sources.bullets()
    if not bullets.items:
        return None
    return Section(key="sources", title="Sources", blocks=(bullets,))


def _software(assessment: Assessment) -> Section:
    rows = [(name, version) for name, version in assessment.software.items()]
    rows += [
        (
            f"{photo.view.in_words}, file SHA-256",
            f"{photo.file_sha256[:_SHOWN_CHECKSUM]}… ({photo.width_px} × {photo.height_px} px)",
        )
        for photo in assessment.photos
    ]
    return Section(
        key="software",
        title="Software and files",
        blocks=(Facts(rows=tuple(rows)),),
    )
