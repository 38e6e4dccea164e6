"""How a doctored history says which rules it breaks."""

from typing import Callable, List, Set, Tuple

from checking.rules import Rule
from invented import Invented, Login

Doctored = Callable[[], Invented]
DOCTORED: List[Tuple[Doctored, Set[Rule]]] = []


def breaks(*rules: Rule) -> Callable[[Doctored], Doctored]:
    """Exactly these rules, and no other, are broken."""
    def keep(make: Doctored) -> Doctored:
        DOCTORED.append((make, set(rules)))
        return make
    return keep


def lived(rotate: bool = True, refreshes: int = 2) -> Tuple[Invented, Login]:
    """A correct history to begin with."""
    world = Invented(rotate=rotate)
    login = world.sign_in()
    for _ in range(refreshes):
        world.wait(1000)
        world.refresh(login)
        world.token(login)
    return world, login
