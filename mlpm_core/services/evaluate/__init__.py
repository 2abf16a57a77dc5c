"""Candidates compared, and the decisions that were taken on them."""
