"""What a run must have been like, read from the emulator's log, the audit table and the programs' outputs.

Nothing here shares code with the product. See `checker.py` beside this folder.
"""
