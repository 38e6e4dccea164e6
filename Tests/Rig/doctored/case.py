"""A decorator that lists the rules that a doctored history breaks."""

from typing import Callable, List, Set, Tuple

from checking.rules import Rule
from invented import Invented, Login

Doctored = Callable[[], Invented]
DOCTORED: List[Tuple[Doctored, Set[Rule]]] = []


def breaks(*rules: Rule) -> Callable[[Doctored], Doctored]:
    """The history breaks exactly these rules."""
    def keep(make: Doctored) -> Doctored:
        DOCTORED.append((make, set(rules)))
        return make
    return keep


def lived(rotate: bool = True, refreshes: int = 2) -> Tuple[Invented, Login]:
    """A correct history as a starting point."""
    world = Invented(rotate=rotate)
    login = world.sign_in()
    for _ in range(refreshes):
        world.wait(1000)
        world.refresh(login)
        world.token(login)
    return world, login
