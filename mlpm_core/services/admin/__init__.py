"""What an installation needs: backups, tokens, exports, the demo, and the running server."""
