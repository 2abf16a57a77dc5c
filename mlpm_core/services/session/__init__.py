"""The open house: settings, the data folder, and the store, ledger and clock of a session."""
