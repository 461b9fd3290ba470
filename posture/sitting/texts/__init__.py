"""The words of sitting assessments: the report's sentences, and measures in other languages."""
