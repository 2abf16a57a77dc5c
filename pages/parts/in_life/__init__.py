"""What only the In life screens use."""
