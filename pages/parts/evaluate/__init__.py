"""What only the Evaluate screens use."""
