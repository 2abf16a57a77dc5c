"""Tests on real data, from the raw rows to the figure a manager sees."""
