"""Pairs things off where each may have only one partner."""

from typing import Dict, Hashable, Iterable, List, Sequence, TypeVar

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def match(urgent: Iterable[Left], right: Sequence[Right], partners: Dict[Left, List[Right]]) -> Dict[Right, Left]:
    """As many pairs as there can be: first one for each of `urgent`, then for each of `right`.

    By augmenting paths, which never leave somebody alone who had a partner: if all of `urgent` can be paired, and all
    of `right` can, both happen together.
    """
    to_left: Dict[Right, Left] = {}
    to_right: Dict[Left, Right] = {}
    reverse: Dict[Right, List[Left]] = {}
    for left, candidates in partners.items():
        for candidate in candidates:
            reverse.setdefault(candidate, []).append(left)

    def pair(left: Left, candidate: Right) -> None:
        to_left[candidate], to_right[left] = left, candidate

    def place_left(left: Left, seen: set) -> bool:
        for candidate in partners.get(left, []):
            if candidate in seen:
                continue
            seen.add(candidate)
            if candidate not in to_left or place_left(to_left[candidate], seen):
                pair(left, candidate)
                return True
        return False

    def place_right(candidate: Right, seen: set) -> bool:
        for left in reverse.get(candidate, []):
            if left in seen:
                continue
            seen.add(left)
            if left not in to_right or place_right(to_right[left], seen):
                pair(left, candidate)
                return True
        return False

    for left in urgent:
        place_left(left, set())
    for candidate in right:
        if candidate not in to_left:
            place_right(candidate, set())
    return to_left
