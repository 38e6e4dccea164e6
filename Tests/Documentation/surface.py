"""What a module offers, as lines that a reviewer can read: types in order, their members indented below them."""

from typing import Any, Dict, List, Set, Tuple

Symbol = Dict[str, Any]

# What every type has unless it says otherwise, and what another conformance brings along.
SELF_EVIDENT = {"Actor", "Copyable", "Escapable", "SendableMetatype", "BitwiseCopyable"}
BROUGHT_BY = {
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
                    self.note_conformance(relationship)
        self.members: Dict[Tuple[str, ...], List[Symbol]] = {}
        for identifier, symbol in self.symbols.items():
            if identifier not in without:
                self.members.setdefault(tuple(symbol["pathComponents"][:-1]), []).append(symbol)

    def lines(self) -> List[str]:
        """Every declaration on a line of its own."""
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

    def note_conformance(self, relationship: Dict[str, Any]) -> None:
        protocol = self.symbols.get(relationship["target"])
        name = (".".join(protocol["pathComponents"]) if protocol
                else relationship["targetFallback"].split(".", 1)[-1])
        condition = " and ".join("%s: %s" % (constraint["lhs"], constraint["rhs"])
                                 for constraint in relationship.get("swiftConstraints", [])
                                 if constraint["rhs"] not in SELF_EVIDENT)
        self.conformances.setdefault(relationship["source"], {}).setdefault(condition, set()).add(name)

    def conformance_lines(self, symbol: Symbol) -> List[str]:
        """What a type conforms to: always, then under each condition."""
        if symbol["kind"]["identifier"] == "swift.protocol":
            return []  # stands in its declaration
        text = []
        for condition, names in sorted(self.conformances.get(symbol["identifier"]["precise"], {}).items()):
            brought = {name for one in names for name in BROUGHT_BY.get(one, set())}
            shown = ", ".join(sorted(names - SELF_EVIDENT - brought))
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
