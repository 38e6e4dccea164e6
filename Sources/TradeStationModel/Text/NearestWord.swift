extension String {
    /// The candidate that a mistyped word probably means: the one with the fewest changed letters, without regard to
    /// case. At most three letters, and at most half of the candidate's letters, may differ.
    package func nearestWord(among candidates: [String]) -> String? {
        candidates
            .map { ($0, editDistance(lowercased(), $0.lowercased())) }
            .filter { $0.1 <= Swift.min(3, Swift.max(1, $0.0.count / 2)) }
            .min { $0.1 < $1.1 }?.0
    }
}

/// The number of letters that must be changed, inserted or removed to turn one word into the other (Levenshtein
/// distance).
private func editDistance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left.utf8), Array(right.utf8))
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let substitution = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
        }
    }
    return row[b.count]
}
