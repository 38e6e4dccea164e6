import Testing

@testable import TradeStationStore

@Suite struct FileSystemTypeTests {
    @Test func `the type of the file system is that of the innermost mount`() {
        let mounts = """
            /dev/sda1 / ext4 rw 0 0
            server:/home /home nfs4 rw 0 0
            tmpfs /home/ann/with\\040space tmpfs rw 0 0
            /dev/sdb1 /home xfs rw 0 0
            broken
            """
        #expect(FileSystemType.of("/var/lib", in: mounts) == "ext4")
        #expect(FileSystemType.of("/home/ann", in: mounts) == "xfs")
        #expect(FileSystemType.of("/homes", in: mounts) == "ext4")
        #expect(FileSystemType.of("/home/ann/with space/x", in: mounts) == "tmpfs")
        #expect(FileSystemType.of("/", in: "") == nil)
    }
}
