"""The value engine: formulas, mechanisms and what they are worth."""
