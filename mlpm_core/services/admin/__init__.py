"""Keeping the house: backups, tokens, exports, the demo, and the running server."""
