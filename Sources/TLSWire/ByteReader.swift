/// Reads a borrowed vector from its front, names what it reads, and cannot run past the vector's end.
///
/// Offsets in its errors count from the start of `bytes`.
struct ByteReader: ~Escapable {
    private let bytes: Span<UInt8>
    private(set) var offset: Int
    /// One past the last byte that may be read.
    let end: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, range: Range<Int>) {
        self.bytes = bytes
        self.offset = range.lowerBound
        self.end = range.upperBound
    }

    var remaining: Int { self.end - self.offset }

    private func require(_ count: Int, _ field: StaticString) throws(WireError) {
        guard self.remaining >= count else {
            throw WireError(
                .truncated,
                field: "\(field)",
                offset: self.offset,
                detail: "needs \(count) bytes and has \(self.remaining)"
            )
        }
    }

    mutating func readUInt8(_ field: StaticString) throws(WireError) -> UInt8 {
        try self.require(1, field)
        defer { self.offset += 1 }
        return self.bytes[self.offset]
    }

    mutating func readUInt16(_ field: StaticString) throws(WireError) -> UInt16 {
        try self.require(2, field)
        defer { self.offset += 2 }
        return UInt16(self.bytes[self.offset]) << 8 | UInt16(self.bytes[self.offset + 1])
    }

    /// Passes over `count` bytes and gives where they are.
    mutating func readBytes(_ count: Int, _ field: StaticString) throws(WireError) -> Range<Int> {
        try self.require(count, field)
        defer { self.offset += count }
        return self.offset..<self.offset + count
    }

    /// A vector behind a one-byte length, whose length must be in `lengths` and a multiple of `unit`.
    mutating func readVector8(
        _ field: StaticString,
        lengths: ClosedRange<Int>,
        multipleOf unit: Int = 1
    ) throws(WireError) -> Range<Int> {
        let start = self.offset
        let length = Int(try self.readUInt8(field))
        return try self.readVector(field, length: length, lengthAt: start, lengths: lengths, multipleOf: unit)
    }

    /// A vector behind a two-byte length, whose length must be in `lengths` and a multiple of `unit`.
    mutating func readVector16(
        _ field: StaticString,
        lengths: ClosedRange<Int>,
        multipleOf unit: Int = 1
    ) throws(WireError) -> Range<Int> {
        let start = self.offset
        let length = Int(try self.readUInt16(field))
        return try self.readVector(field, length: length, lengthAt: start, lengths: lengths, multipleOf: unit)
    }

    private mutating func readVector(
        _ field: StaticString,
        length: Int,
        lengthAt start: Int,
        lengths: ClosedRange<Int>,
        multipleOf unit: Int
    ) throws(WireError) -> Range<Int> {
        guard lengths.contains(length), length.isMultiple(of: unit) else {
            throw WireError(
                .badLength,
                field: "\(field)",
                offset: start,
                detail: "\(length) bytes, where \(lengths.lowerBound) to \(lengths.upperBound) are allowed"
                    + (unit == 1 ? "" : " in steps of \(unit)")
            )
        }
        return try self.readBytes(length, field)
    }

    /// Throws unless everything was read.
    func finish(_ field: StaticString) throws(WireError) {
        guard self.remaining == 0 else {
            throw WireError(
                .trailingBytes,
                field: "\(field)",
                offset: self.offset,
                detail: "\(self.remaining) bytes are left over"
            )
        }
    }
}

extension Span<UInt8> {
    /// The big-endian number at `offset`; the caller has checked that it is there.
    func uint16(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }
}

extension [UInt8] {
    /// The big-endian numbers in `range`, which holds whole ones.
    func uint16s(in range: Range<Int>) -> [UInt16] {
        stride(from: range.lowerBound, to: range.upperBound - 1, by: 2).map {
            UInt16(self[$0]) << 8 | UInt16(self[$0 + 1])
        }
    }

    mutating func append(uint16 value: Int) {
        self.append(UInt8(truncatingIfNeeded: value >> 8))
        self.append(UInt8(truncatingIfNeeded: value))
    }

    mutating func append(uint24 value: Int) {
        self.append(UInt8(truncatingIfNeeded: value >> 16))
        self.append(uint16: value)
    }
}
