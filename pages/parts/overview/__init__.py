"""What only the Overview screens use."""
