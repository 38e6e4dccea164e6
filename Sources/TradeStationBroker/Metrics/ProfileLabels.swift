import Crypto
package import TradeStationModel

/// The values of the label `profile`: names, or something that stands for them.
package struct ProfileLabels: Sendable {
    private let isAnonymous: Bool
    private let key: SymmetricKey
    private var numbers: [String: Int64] = [:]

    /// - Parameters:
    ///   - isAnonymous: Whether names are hidden: a profile is then `p` and the number of its row, which stays the same
    ///     when it is renamed.
    ///   - random: Hides the names of removed profiles, differently in each process.
    package init(isAnonymous: Bool, random: RandomSource = .system) {
        self.isAnonymous = isAnonymous
        key = SymmetricKey(data: random.bytes(32))
    }

    /// The labels for the profiles of a store.
    func naming(_ listing: ProfileListing) -> ProfileLabels {
        var labels = self
        labels.numbers = Dictionary(
            listing.profiles.map { ($0.name.text, $0.profile.id.rawValue) }
                + listing.damaged.map { ($0.name, $0.id.rawValue) },
            uniquingKeysWith: { first, _ in first }
        )
        return labels
    }

    /// The label for a name.
    func label(_ name: String) -> String {
        guard isAnonymous else { return name }
        if let number = numbers[name] { return "p\(number)" }
        let code = HMAC<SHA256>.authenticationCode(for: Array(name.utf8), using: key)
        return "removed-" + Array(code.prefix(4)).hexadecimal
    }

    /// The families with every label `profile` replaced.
    func applied(to families: [MetricFamily]) -> [MetricFamily] {
        guard isAnonymous else { return families }
        return families.map { family in
            var family = family
            for sample in family.samples.indices {
                for index in family.samples[sample].labels.indices
                where family.samples[sample].labels[index].name == "profile" {
                    family.samples[sample].labels[index].value = label(family.samples[sample].labels[index].value)
                }
            }
            return family
        }
    }
}
