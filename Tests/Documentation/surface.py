"""The public API of a module as readable lines: sorted types with their members indented below them."""

from typing import Any, Dict, List, Set, Tuple

Symbol = Dict[str, Any]

# Conformances that types have by default, and those that other conformances imply.
IMPLICIT = {"Actor", "Copyable", "Escapable", "SendableMetatype", "BitwiseCopyable"}
IMPLIED_BY = {
    "Hashable": {"Equatable"}, "Comparable": {"Equatable"}, "Error": {"Sendable"},
    "LosslessStringConvertible": {"CustomStringConvertible"},
}


class Surface:
    def __init__(self, graphs: List[Dict[str, Any]], without: Set[str]) -> None:
        self.symbols: Dict[str, Symbol] = {}
        self.conformances: Dict[str, Dict[str, Set[str]]] = {}
        for graph in graphs:
            self.symbols.update((symbol["identifier"]["precise"], symbol) for symbol in graph["symbols"])
        for graph in graphs:
            for relationship in graph["relationships"]:
                if relationship["kind"] == "conformsTo":
                    self.add_conformance(relationship)
        self.members: Dict[Tuple[str, ...], List[Symbol]] = {}
        for identifier, symbol in self.symbols.items():
            if identifier not in without:
                self.members.setdefault(tuple(symbol["pathComponents"][:-1]), []).append(symbol)

    def lines(self) -> List[str]:
        """One line for every declaration."""
        known = {tuple(symbol["pathComponents"]) for symbol in self.symbols.values()}
        text = self.below((), 0)
        for parent in sorted(path for path in self.members if path and path not in known):
            text += ["extension " + ".".join(parent), *self.below(parent, 1)]
        return text

    def below(self, parent: Tuple[str, ...], depth: int) -> List[str]:
        text = []
        for symbol in sorted(self.members.get(parent, []), key=place):
            text.append("    " * depth + declaration(symbol))
            text += ["    " * (depth + 1) + line for line in self.conformance_lines(symbol)]
            text += self.below(tuple(symbol["pathComponents"]), depth + 1) if has_members(symbol) else []
        return text

    def add_conformance(self, relationship: Dict[str, Any]) -> None:
        protocol = self.symbols.get(relationship["target"])
        name = (".".join(protocol["pathComponents"]) if protocol
                else relationship["targetFallback"].split(".", 1)[-1])
        condition = " and ".join("%s: %s" % (constraint["lhs"], constraint["rhs"])
                                 for constraint in relationship.get("swiftConstraints", [])
                                 if constraint["rhs"] not in IMPLICIT)
        self.conformances.setdefault(relationship["source"], {}).setdefault(condition, set()).add(name)

    def conformance_lines(self, symbol: Symbol) -> List[str]:
        """The conformances of a type, first the unconditional ones."""
        if symbol["kind"]["identifier"] == "swift.protocol":
            return []  # part of its declaration
        text = []
        for condition, names in sorted(self.conformances.get(symbol["identifier"]["precise"], {}).items()):
            implied = {name for one in names for name in IMPLIED_BY.get(one, set())}
            shown = ", ".join(sorted(names - IMPLICIT - implied))
            if shown:
                text.append(": " + shown + (" where " + condition if condition else ""))
        return text


def place(symbol: Symbol) -> Tuple[str, str]:
    return (symbol["pathComponents"][-1], declaration(symbol))


def declaration(symbol: Symbol) -> str:
    return " ".join("".join(fragment["spelling"] for fragment in symbol["declarationFragments"]).split())


def has_members(symbol: Symbol) -> bool:
    return symbol["kind"]["identifier"] in {"swift.struct", "swift.class", "swift.enum", "swift.protocol",
                                            "swift.actor"}
