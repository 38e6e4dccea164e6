"""Incorrect histories, grouped by the kind of error: records were edited, or tsaccounts breaks a rule."""
