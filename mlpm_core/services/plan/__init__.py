"""Planning: briefs, estimates, KPI templates and proxies."""
