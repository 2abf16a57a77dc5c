"""How the Bike Shop's files are made; see ``generate.py``."""
