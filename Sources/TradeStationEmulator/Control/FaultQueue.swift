/// The faults that have not been injected yet, in order.
struct FaultQueue: Sendable {
    private(set) var faults: [EmulatorFault] = []

    init(_ faults: [EmulatorFault] = []) {
        self.faults = faults.filter { $0.times > 0 }
    }

    /// Returns the first fault that applies at one of `places`; removes it from the queue once it is used up.
    mutating func take(at places: [EmulatorFault.Place]) -> EmulatorFault? {
        guard let index = faults.firstIndex(where: { places.contains($0.place) }) else { return nil }
        let fault = faults[index]
        faults[index].times -= 1
        if faults[index].times == 0 { faults.remove(at: index) }
        return fault
    }
}
