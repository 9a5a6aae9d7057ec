package import TLSWire

/// Reads what a peer answers to a byte client, and takes offence at nothing.
package struct AnswerReader: Sendable {
    /// One record of the answer.
    package struct RecordSummary: Hashable, Sendable, CustomStringConvertible {
        package var type: ContentType
        package var version: UInt16
        /// Bytes after the header.
        package var length: Int
        package var description: String { "\(self.type) (\(self.length) bytes)" }
    }

    /// So many records are told one by one; all are counted.
    package static let maximumSummaries = 64

    /// The first ``maximumSummaries`` records.
    package private(set) var records: [RecordSummary] = []
    package private(set) var recordCount = 0
    package private(set) var byteCount = 0
    /// Where the answer stops being TLS records, and why.
    package private(set) var breakage: WireError?

    private var flight = ServerFlightReader(readsCertificates: true)
    private var reader = RecordReader()

    package init() {}

    package mutating func append(_ bytes: [UInt8]) {
        self.byteCount += bytes.count
        self.flight.append(bytes)
        guard self.breakage == nil else { return }
        self.reader.append(bytes)
        do {
            while let record = try self.reader.next() {
                self.recordCount += 1
                guard self.records.count < Self.maximumSummaries else { continue }
                self.records.append(
                    RecordSummary(type: record.type, version: record.version, length: record.payload.count)
                )
            }
        } catch {
            self.breakage = error
        }
    }

    /// A ServerHello came that is no HelloRetryRequest.
    package var serverHelloSeen: Bool { self.flight.serverHello != nil }
    package var serverHello: ServerHello? { self.flight.serverHello }
    package var helloRetryRequest: ServerHello? { self.flight.helloRetryRequest }
    /// The server's chain in DER, its own certificate first; TLS 1.3 hides it.
    package var certificates: [[UInt8]] { self.flight.certificates }
    /// A ServerHello came, and the certificate that follows it in the clear is not there yet.
    package var awaitsCertificate: Bool {
        guard let hello = self.serverHello, self.flight.state == .reading else { return false }
        // TLS 1.3.
        return hello.selectedVersion < 0x0304 && self.certificates.isEmpty
    }
    /// The alerts sent in the clear, in order.
    package var alerts: [Alert] { self.flight.alerts }
    /// Bytes came, and they do not begin a TLS record: `HTTP/1.1 400`, a banner.
    package var isNotTLS: Bool { self.flight.state == .notTLS }
}
