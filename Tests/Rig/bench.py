"""The input of every scenario: the program under test, the length of the run, and a way to create stages."""

import os
import re
from typing import Optional

from stage import Settings, Stage


class Bench:
    def __init__(self, tool: str, folder: str, long: bool, release: Optional[str],
                 damage_seconds: Optional[int] = None) -> None:
        self.tool = tool
        self.folder = folder
        self.long = long
        self.release = release
        self.damage_seconds = damage_seconds

    def stage(self, name: str, settings: Settings = Settings(), allow_lost: bool = False,
              clocks_differ: bool = False, folder: Optional[str] = None, tool: Optional[str] = None) -> Stage:
        """Creates a stage in a new directory, or in the given one."""
        path = folder or os.path.join(self.folder, re.sub(r"\W+", "-", name))
        return Stage(tool or self.tool, path, settings, allow_lost, clocks_differ)
