import TradeStationModel

/// When each login is due: a binary heap, with the place of each login beside it, so that every change costs
/// O(log n). A value; it knows no clock.
struct RefreshSchedule: Sendable {
    private struct Entry {
        var dueAt: Int64
        let login: Login.ID

        /// Those due at the same time have an order too.
        func precedes(_ other: Entry) -> Bool {
            (dueAt, login.rawValue) < (other.dueAt, other.login.rawValue)
        }
    }

    private var heap: [Entry] = []
    private var places: [Login.ID: Int] = [:]

    /// How many logins are in it.
    var count: Int { heap.count }

    /// When the next login is due; nil when there is none.
    var next: Int64? { heap.first?.dueAt }

    /// Puts a login in, or moves it.
    mutating func set(_ login: Login.ID, dueAt: Int64) {
        if let place = places[login] {
            heap[place].dueAt = dueAt
            settle(place)
        } else {
            heap.append(Entry(dueAt: dueAt, login: login))
            places[login] = heap.count - 1
            settle(heap.count - 1)
        }
    }

    /// Takes a login out, if it is in.
    mutating func remove(_ login: Login.ID) {
        guard let place = places[login] else { return }
        swap(place, heap.count - 1)
        heap.removeLast()
        places[login] = nil
        if place < heap.count { settle(place) }
    }

    /// Takes out the login that has been due for the longest time; nil when none is due.
    mutating func popDue(at now: Int64) -> Login.ID? {
        guard let first = heap.first, first.dueAt <= now else { return nil }
        remove(first.login)
        return first.login
    }

    /// Moves the entry at `place` up or down until order is restored.
    private mutating func settle(_ place: Int) {
        var place = place
        while place > 0, heap[place].precedes(heap[(place - 1) / 2]) {
            swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        while let child = firstChild(of: place), heap[child].precedes(heap[place]) {
            swap(place, child)
            place = child
        }
    }

    private func firstChild(of place: Int) -> Int? {
        let (left, right) = (2 * place + 1, 2 * place + 2)
        guard left < heap.count else { return nil }
        return right < heap.count && heap[right].precedes(heap[left]) ? right : left
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        places[heap[one].login] = one
        places[heap[other].login] = other
    }
}
