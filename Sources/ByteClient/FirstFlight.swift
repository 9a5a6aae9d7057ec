package import TLSWire

/// What a byte client sends first, and where things are in it.
package struct FirstFlight: Hashable, Sendable {
    /// Everything that is sent, records before and after the hello included, cut short if the plan says so.
    package var bytes: [UInt8]
    /// Where the fields are in the ClientHello's handshake message, as they were before any length was made wrong.
    package var fields: FieldMap
    /// The records of the ClientHello in `bytes`; it may end beyond them when they were cut short.
    package var helloRecords: Range<Int>
    package init(bytes: [UInt8], fields: FieldMap, helloRecords: Range<Int>) {
        self.bytes = bytes
        self.fields = fields
        self.helloRecords = helloRecords
    }
}

/// Why a plan cannot be turned into bytes: the plan contradicts itself, which is the harness's fault and never the
/// target's.
package enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Fewer than the 64 bytes of seed material.
    case notEnoughRandom(Int)
    /// An edit names an extension that the hello does not have at that point.
    case noSuchExtension(type: UInt16)
    /// The hello is larger already, or the difference is too small for an extension header.
    case cannotPad(from: Int, to: Int)
    /// Something does not fit its length field.
    case tooLong(String)
    /// A length is to be made wrong that is not in the hello.
    case noSuchLength(String)
    /// A cut needs a ClientHello in whole records, and the first flight has none.
    case noClientHello(cut: String)
    /// A cut needs a server_name, and the ClientHello has none.
    case noServerName(cut: String)
    /// A cut that makes no sense for records.
    case notForRecords(cut: String)
    /// A cut outside of the bytes it cuts.
    case cutOutOfRange(offset: Int, count: Int)

    package var description: String {
        switch self {
        case .notEnoughRandom(let count): "64 bytes of seed material are needed and \(count) were given"
        case .noSuchExtension(let type): "the ClientHello has no extension of type \(type) to edit"
        case .cannotPad(let from, let to): "a ClientHello of \(from) bytes cannot be padded to \(to)"
        case .tooLong(let detail): detail
        case .noSuchLength(let detail): detail
        case .noClientHello(let cut): "the cut '\(cut)' needs a ClientHello in whole records at the start"
        case .noServerName(let cut): "the cut '\(cut)' needs a server_name, and the ClientHello has none"
        case .notForRecords(let cut): "the cut '\(cut)' is for segments and cannot cut records"
        case .cutOutOfRange(let offset, let count): "a cut at \(offset) is outside of the \(count) bytes it cuts"
        }
    }
}
