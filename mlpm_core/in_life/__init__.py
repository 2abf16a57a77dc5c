"""What models at work are worth, and which of them needs attention."""
