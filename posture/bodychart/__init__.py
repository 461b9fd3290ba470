"""The body chart: front, back and sides, with muscles and referral areas shaded, as SVG."""

from posture.bodychart.chart import CHART_VIEWS, ChartView, body_chart_svg, views_showing

__all__ = ["CHART_VIEWS", "ChartView", "body_chart_svg", "views_showing"]
