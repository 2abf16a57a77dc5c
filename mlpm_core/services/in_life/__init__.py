"""Models in use: portfolio, health, metrics, and what was promised and realised."""
