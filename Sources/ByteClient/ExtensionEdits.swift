import ScenarioModel
import TLSWire

/// Applies a plan's edits, in order, to the extensions of a good hello.
enum ExtensionEdits {
    /// Unknown types count up from here: a wide range that the registry has not assigned.
    private static let firstUnknownType: UInt16 = 0x5000

    static func apply(
        _ edits: [HelloPlan.ExtensionEdit],
        to extensions: [Extension]
    ) throws(PlanError) -> [Extension] {
        var extensions = extensions
        for edit in edits { try Self.apply(edit, to: &extensions) }
        return extensions
    }

    private static func apply(_ edit: HelloPlan.ExtensionEdit, to extensions: inout [Extension]) throws(PlanError) {
        switch edit {
        case .remove(let type):
            _ = try Self.index(of: type, in: extensions)
            extensions.removeAll { $0.type.rawValue == type }
        case .duplicate(let type):
            let index = try Self.index(of: type, in: extensions)
            extensions.append(extensions[index])
        case .moveToEnd(let type):
            let index = try Self.index(of: type, in: extensions)
            extensions.append(extensions.remove(at: index))
        case .prepend(let type, let data):
            extensions.insert(Extension(type: ExtensionType(rawValue: type), data: data.bytes), at: 0)
        case .append(let type, let data):
            extensions.append(Extension(type: ExtensionType(rawValue: type), data: data.bytes))
        case .appendUnknown(let count):
            guard count <= 40_000 else { throw .tooLong("\(count) unknown extensions, where 40000 types are free") }
            let used = Set(extensions.map(\.type))
            let free = (Self.firstUnknownType...).lazy.map(ExtensionType.init(rawValue:))
                .filter { !used.contains($0) && !$0.isGREASE }
            extensions += free.prefix(max(0, count)).map { Extension(type: $0, data: []) }
        case .replace(let type, let data):
            let index = try Self.index(of: type, in: extensions)
            extensions[index].data = data.bytes
        }
    }

    private static func index(of type: UInt16, in extensions: [Extension]) throws(PlanError) -> Int {
        guard let index = extensions.firstIndex(where: { $0.type.rawValue == type }) else {
            throw .noSuchExtension(type: type)
        }
        return index
    }
}
