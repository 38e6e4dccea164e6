/// The faults that have not been injected yet, in order.
struct FaultQueue: Sendable {
    private(set) var faults: [EmulatorFault] = []

    init(_ faults: [EmulatorFault] = []) {
        self.faults = faults.filter { $0.times > 0 }
    }

    /// Takes the first fault for one of these places and reduces its remaining count.
    mutating func take(at places: [EmulatorFault.Place]) -> EmulatorFault? {
        guard let index = faults.firstIndex(where: { places.contains($0.place) }) else { return nil }
        let fault = faults[index]
        faults[index].times -= 1
        if faults[index].times == 0 { faults.remove(at: index) }
        return fault
    }
}
