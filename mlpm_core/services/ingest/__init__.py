"""How records come in and go out again: imports, registers, rules, undo and recovery."""
