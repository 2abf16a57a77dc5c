"""The columns of a file: which field each holds, and what its cells say."""
