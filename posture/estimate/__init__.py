"""Clinical landmarks and measures, estimated from what a pose network returns."""
