"""The measures: their table, and their computation from landmarks.

Pure: importing this package loads neither OpenCV, MediaPipe nor Matplotlib.
"""

from posture.measures.table import MEASURES, MeasureDefinition

__all__ = ["MEASURES", "MeasureDefinition"]
