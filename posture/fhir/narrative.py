"""The report in words: what stands in a FHIR report's conclusion and narrative."""

from __future__ import annotations

import html

from posture.findings import format_interval
from posture.measures import MEASURES
from posture.results import Assessment

__all__ = ["conclusion", "narrative"]

_NO_FINDING = "No measure lies wholly beyond its reference range."
_CAVEAT = (
    "Describes posture in photographs at one moment. Numbers stand with their 95 % interval. "
    "Not a diagnosis."
)


def conclusion(assessment: Assessment) -> str:
    """Return the findings in sentences, and what they are not."""
    findings = " ".join(finding.text for finding in assessment.findings)
    return f"{findings or _NO_FINDING} {_CAVEAT}"


def narrative(assessment: Assessment) -> str:
    """Return the report's numbers as a table for people, escaped."""
    rows = []
    for measure in assessment.measures:
        title = html.escape(MEASURES[measure.id].title)
        value, rest = "—", measure.reason or ""
        if measure.method is not None:
            value, rest = format_interval(measure), measure.method.in_words
        cells = (title, html.escape(value), html.escape(rest))
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    found = "".join(f"<li>{html.escape(finding.text)}</li>" for finding in assessment.findings)
    findings = f"<ul>{found}</ul>" if found else f"<p>{_NO_FINDING}</p>"
    return (
        '<div xmlns="http://www.w3.org/1999/xhtml">'
        f"<p>Posture assessment from photographs</p>{findings}"
        "<table><thead><tr><th>Measure</th><th>Value (95 % interval)</th>"
        "<th>Method, or why there is no value</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table><p>{html.escape(_CAVEAT)}</p></div>"
    )
