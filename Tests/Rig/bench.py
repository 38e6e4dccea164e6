"""What every scenario is given: the program to prove, how long to take, and stages to do it on."""

import os
import re
from typing import Optional

from stage import Settings, Stage


class Bench:
    def __init__(self, tool: str, folder: str, long: bool, release: Optional[str]) -> None:
        self.tool = tool
        self.folder = folder
        self.long = long
        self.release = release

    def stage(self, name: str, settings: Settings = Settings(), allow_lost: bool = False,
              folder: Optional[str] = None, tool: Optional[str] = None) -> Stage:
        """A stage in a directory of its own, or in one that is given."""
        path = folder or os.path.join(self.folder, re.sub(r"\W+", "-", name))
        return Stage(tool or self.tool, path, settings, allow_lost)
