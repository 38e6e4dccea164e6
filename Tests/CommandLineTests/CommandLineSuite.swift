import Testing

/// Everything that starts processes, one test after another: each of them brings dozens of its own.
@Suite(.serialized) enum CommandLineSuite {}
