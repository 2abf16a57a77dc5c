"""What only the Data screens use."""
