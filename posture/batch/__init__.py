"""Many clients at once: plan, work on a pool or a cluster, tables, summary."""
