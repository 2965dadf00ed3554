"""How dates, times and numbers are written and read, where it is not as Django has it."""
