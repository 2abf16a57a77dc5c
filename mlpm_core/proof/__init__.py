"""What was measured beside what is implied: experiments, series, and whether proof will come."""
