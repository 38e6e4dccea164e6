"""Pairs things off where each may have only one partner."""

from typing import Dict, Hashable, Iterable, List, Sequence, TypeVar

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def match(left: Iterable[Left], right: Sequence[Right], partners: Dict[Left, List[Right]]) -> Dict[Right, Left]:
    """A partner for each of `left` and of `right`, whenever there is a way to give all of them one. Whoever else stands
    in `partners` gets one or does not.

    First each of `left` is placed by an augmenting path, which leaves nobody alone who had a partner. Then each of
    `right`, in the same way or by taking the partner of one that needs none; `left` keeps its partners in both.
    """
    wanted = set(right)
    to_left: Dict[Right, Left] = {}
    to_right: Dict[Left, Right] = {}
    reverse: Dict[Right, List[Left]] = {}
    for one, candidates in partners.items():
        for other in candidates:
            reverse.setdefault(other, []).append(one)

    def pair(one: Left, other: Right) -> bool:
        to_left[other], to_right[one] = one, other
        return True

    def place_left(one: Left, seen: set) -> bool:
        for other in partners.get(one, []):
            if other not in seen:
                seen.add(other)
                if other not in to_left or place_left(to_left[other], seen):
                    return pair(one, other)
        return False

    def place_right(other: Right, seen: set) -> bool:
        for one in reverse.get(other, []):
            if one not in seen:
                seen.add(one)
                last = to_right.get(one)
                if last is not None and last not in wanted:
                    del to_left[last]
                    return pair(one, other)
                if last is None or place_right(last, seen):
                    return pair(one, other)
        return False

    for one in left:
        place_left(one, set())
    for other in right:
        if other not in to_left:
            place_right(other, set())
    return to_left
