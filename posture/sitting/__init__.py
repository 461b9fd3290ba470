"""The sitting assessment: its own measures, checks and weights, never mixed with standing."""
