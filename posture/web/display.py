"""How numbers, dates and names are shown on the pages: language and units in one place. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from posture.anatomy import LANDMARK_PROTOCOL, Method, View
from posture.i18n import Catalogue, catalogue
from posture.i18n.phrases import say_in
from posture.measures import MEASURES
from posture.report.wording import number
from posture.results import Measure, ReferenceRange, SuggestedMuscle, Unit
from posture.web.texts import page_texts

__all__ = ["CM_PER_INCH", "Display", "LengthUnit"]

LengthUnit = Literal["cm", "in"]
CM_PER_INCH = 2.54


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """The words and units of one practice.

    `texts` are the pages' own, `words` those that reports and pages share.
    """

    texts: Catalogue
    words: Catalogue
    length: LengthUnit = "cm"

    @classmethod
    def of(cls, language: str, length: LengthUnit = "cm") -> Display:
        """Return the display of a language and a unit of length."""
        return cls(texts=page_texts(language), words=catalogue(language), length=length)

    def __call__(self, key: str, **values: object) -> str:
        """Return the page text of `key` with `values` put in."""
        return self.texts(key, **values)

    def say(self, text: str) -> str:
        """Return what an assessment tells in English, such as a reason, in this language."""
        return say_in(self.words.language)(text)

    def title(self, measure_id: str) -> str:
        """Return a measure's name."""
        return self._translated(f"measure.{measure_id}", MEASURES[measure_id].title)

    def region(self, region: str) -> str:
        """Return the name of a region of the body."""
        return self(f"region.{region}")

    def positive_means(self, measure_id: str) -> str:
        """Return what a larger value of a measure stands for."""
        meaning = MEASURES[measure_id].positive_means
        said = self.say(meaning)
        if meaning.startswith("larger"):
            return said[:1].upper() + said[1:]
        return self("measures.positive", what=said)

    def landmark(self, name: str) -> str:
        """Return a landmark's name, with the client's side where it has one."""
        for side in ("left", "right"):
            if name.endswith(f"_{side}"):
                stem = name.removesuffix(f"_{side}")
                return self(
                    "landmark.sided", name=self._stem(stem), side=self.words(f"side.{side}")
                )
        return self._stem(name)

    def view(self, view: View | str) -> str:
        """Return a view's name."""
        return self(f"view.{View(view).value}")

    def method(self, method: Method | str | None) -> str:
        """Return the name of a provenance."""
        return "" if method is None else self(f"method.{Method(method).value}")

    def factor(self, unit: Unit | str) -> float:
        """Return what a stored number is multiplied by to be shown."""
        return 1 / CM_PER_INCH if self.length == "in" and Unit(unit) is Unit.CENTIMETRES else 1.0

    def suffix(self, unit: Unit | str) -> str:
        """Return what follows a number of this unit."""
        unit = Unit(unit)
        if unit is Unit.CENTIMETRES:
            return f" {self.length}"
        if unit is Unit.PERCENT_STATURE:
            return f" {self('unit.stature')}"
        return "°" if unit is Unit.DEGREES else ""

    def number(self, value: float, decimals: int) -> str:
        """Return a number in the language's spelling."""
        return self.words.number(number(value, decimals))

    def quantity(self, value: float, measure_id: str, unit: Unit | str) -> str:
        """Return a number of a measure with its unit."""
        shown = self.number(value * self.factor(unit), MEASURES[measure_id].decimals)
        return f"{shown}{self.suffix(unit)}"

    def between(self, low: float, high: float, measure_id: str, unit: Unit | str) -> str:
        """Return an interval as people read it."""
        decimals, factor = MEASURES[measure_id].decimals, self.factor(unit)
        return self(
            "measures.between",
            low=self.number(low * factor, decimals),
            high=self.number(high * factor, decimals),
        )

    def value(self, measure: Measure) -> str:
        """Return the value of a measure with its unit, or a dash."""
        if measure.value is None:
            return "–"
        return self.quantity(measure.value, measure.id, measure.unit)

    def interval(self, measure: Measure) -> str:
        """Return the 95 % interval of a measure, or nothing."""
        if measure.low is None or measure.high is None:
            return ""
        return self.between(measure.low, measure.high, measure.id, measure.unit)

    def repeats(self, measure: Measure) -> str:
        """Return over how many photos a measure is the mean, and their spread, or nothing."""
        if measure.repeats is None:
            return ""
        sd = self.quantity(measure.repeats.sd, measure.id, measure.unit)
        return self("measures.repeats", n=measure.repeats.n, sd=sd)

    def reference(self, reference: ReferenceRange) -> str:
        """Return a reference range as people read it."""
        factor, suffix = self.factor(reference.unit), self.suffix(reference.unit)
        low, high = (
            None if bound is None else self._bound(bound * factor)
            for bound in (reference.low, reference.high)
        )
        if low is None:
            return self("measures.at_most", high=f"{high}{suffix}")
        if high is None:
            return self("measures.at_least", low=f"{low}{suffix}")
        return f"{self('measures.between', low=low, high=high)}{suffix}"

    def day(self, when: date | datetime | str) -> str:
        """Return a day in words.

        >>> Display.of("de").day("2026-03-05T10:00:00+01:00")
        '5. März 2026'
        """
        day = date.fromisoformat(when[:10]) if isinstance(when, str) else when
        month = self.words("report.months").split()[day.month - 1]
        return self("date.day", day=day.day, month=month, year=day.year)

    def short_day(self, when: date) -> str:
        """Return a day for the axis of a chart."""
        month = self.words("report.months").split()[when.month - 1][:3]
        return self("date.short", day=when.day, month=month, year=when.year)

    def height(self, height_cm: float | None) -> str:
        """Return a client's height."""
        if height_cm is None:
            return self("client.height_unknown")
        if self.length == "in":
            feet, inches = divmod(round(height_cm / CM_PER_INCH), 12)
            return f"{feet}′ {inches}″"
        return f"{self.number(height_cm, 0)} cm"

    def tick(self, value: float) -> str:
        """Return a number on the axis of a chart."""
        return self._bound(value)

    def consent(self, scope: str) -> str:
        """Return what a consent is for: one of the pages' own scopes, or as it was written."""
        return self._translated(f"consent.scope_{scope}", scope)

    def muscle(self, muscle: SuggestedMuscle) -> str:
        """Return a muscle to assess with its side and what it is commonly found to be."""
        return self(
            "visit.muscle",
            name=self.say(muscle.muscle),
            side=self.words(f"side.{muscle.side}"),
            role=self(f"muscle_role.{muscle.role.removeprefix('commonly ')}"),
        )

    def _bound(self, value: float) -> str:
        return self.words.number(f"{round(value, 2):g}".replace("-", "−"))

    def _stem(self, stem: str) -> str:
        entry = LANDMARK_PROTOCOL.get(stem)
        usual = entry.title if entry else stem.replace("_", " ")
        return self._translated(f"landmark.{stem}", usual)

    def _translated(self, key: str, usual: str) -> str:
        return self.texts.texts.get(key, usual)
