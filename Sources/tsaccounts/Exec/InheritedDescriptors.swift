import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The open files and sockets that this process was started with and passes on to programs.
///
/// Libraries open sockets that a new program would inherit. Above all the listening socket must not be among them: as long
/// as the program had it, its requests would wait instead of fail after the end of this process.
struct InheritedDescriptors: Sendable {
    private let numbers: Set<Int32>

    /// Notes what is open now. Call this before anything is opened.
    init() {
        numbers = Set(Self.passedOn)
    }

    /// Lets a new program inherit nothing else.
    func closeOthers() {
        for number in Self.passedOn where !numbers.contains(number) { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    }

    /// The descriptors that a new program would inherit.
    private static var passedOn: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { number in
            let flags = fcntl(number, F_GETFD)
            return flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }
}
