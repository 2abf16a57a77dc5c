"""An open data folder: settings, and the store, ledger and clock of a session."""
