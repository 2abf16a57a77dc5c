"""What only the Plan screens use."""
