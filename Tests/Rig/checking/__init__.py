"""The rules of the checker. They compare the emulator's log, the audit table and the output of the programs.

The package shares no code with tsaccounts. See `checker.py` in the folder above.
"""
