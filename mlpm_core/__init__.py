"""MLPM: what a model is worth to the business."""

__version__ = "0.1.0"
