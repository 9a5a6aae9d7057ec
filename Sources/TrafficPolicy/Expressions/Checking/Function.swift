/// What an expression can call, one case a function whatever the number of its forms.
enum Function: Sendable {
    case size
    case startsWith
    case endsWith
    case contains
    case matches
    case lower
    case upper
    case lowerASCII
    case upperASCII
    case isPrivateIP
    case inCIDRRange
    case inCIDRRanges
    case convert(ValueType)
    case timePart(TimePart)
}

/// What timestamps and durations can be asked for.
enum TimePart: String, CaseIterable, Sendable {
    case date = "getDate"
    case dayOfMonth = "getDayOfMonth"
    case dayOfWeek = "getDayOfWeek"
    case dayOfYear = "getDayOfYear"
    case fullYear = "getFullYear"
    case month = "getMonth"
    case hours = "getHours"
    case minutes = "getMinutes"
    case seconds = "getSeconds"
    case milliseconds = "getMilliseconds"

    var isOfDurations: Bool {
        switch self {
        case .hours, .minutes, .seconds, .milliseconds: true
        case .date, .dayOfMonth, .dayOfWeek, .dayOfYear, .fullYear, .month: false
        }
    }
}

/// One form of a function.
struct Overload: Sendable {
    let function: Function
    /// Whether the first parameter stands in front of a dot.
    let isMethod: Bool
    let parameters: [ValueType]
    let result: ValueType

    init(_ function: Function, isMethod: Bool, _ parameters: [ValueType], _ result: ValueType) {
        self.function = function
        self.isMethod = isMethod
        self.parameters = parameters
        self.result = result
    }
}

/// cel-spec, langdef.md "List of Standard Definitions", and what ngrok adds that needs no HTTP.
enum FunctionTable {
    static func overloads(of name: String) -> [Overload]? { self.table[name] }

    static var names: some Sequence<String> { self.table.keys }

    /// What ngrok's expressions have besides, so that a policy that uses it hears what is amiss.
    static func isElsewhere(_ name: String) -> Bool { self.elsewhere.contains(name) }

    private static let elsewhere: Set = [
        "base64", "basic_auth", "charAt", "crc32", "crc64", "decodeBase64", "decodeJson", "decodeQueryString",
        "distinct",
        "encodeBase64", "encodeJson", "encodeQueryString", "escapeUrl", "flatten", "format", "getQueryParam",
        "getReqCookie", "getReqHeader", "getResCookie", "getResHeader", "hash", "hasQueryParam", "hasReqCookie",
        "hasReqHeader", "hasResCookie", "hasResHeader", "indexOf", "isJson", "isQueryString", "isURL", "join", "json",
        "lastIndexOf", "lists", "math", "md5", "parseUrl", "queryString", "rand", "replace", "reverse", "secrets",
        "sha1", "sha256", "sha512", "slice", "sort", "sortBy", "split", "strings", "substring", "trim", "type",
        "unescapeUrl", "url", "xxhash64",
    ]

    private static let table: [String: [Overload]] = {
        var table: [String: [Overload]] = [:]
        let anyList = ValueType.list(.dynamic)
        let anyMap = ValueType.map(.dynamic, .dynamic)
        for isMethod in [false, true] {
            table["size", default: []] += [.string, .bytes, anyList, anyMap].map {
                Overload(.size, isMethod: isMethod, [$0], .int)
            }
            table["matches", default: []].append(
                Overload(.matches, isMethod: isMethod, [.string, .string], .bool)
            )
        }
        for (name, function) in [
            ("startsWith", Function.startsWith), ("endsWith", .endsWith), ("contains", .contains),
        ] {
            table[name] = [Overload(function, isMethod: true, [.string, .string], .bool)]
        }
        for (name, function) in [
            ("lower", Function.lower), ("upper", .upper), ("lowerAscii", .lowerASCII), ("upperAscii", .upperASCII),
        ] {
            table[name] = [Overload(function, isMethod: true, [.string], .string)]
        }
        table["isPrivateIp"] = [Overload(.isPrivateIP, isMethod: true, [.string], .bool)]
        table["inCidrRange"] = [Overload(.inCIDRRange, isMethod: false, [.string, .string], .bool)]
        table["inCidrRanges"] = [Overload(.inCIDRRanges, isMethod: false, [.string, .list(.string)], .bool)]
        let conversions: [(String, ValueType, [ValueType])] = [
            ("bool", .bool, [.bool, .string]), ("int", .int, [.int, .uint, .double, .string, .timestamp]),
            ("uint", .uint, [.uint, .int, .double, .string]), ("double", .double, [.double, .int, .uint, .string]),
            ("string", .string, [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration]),
            ("bytes", .bytes, [.bytes, .string]), ("timestamp", .timestamp, [.timestamp, .string, .int]),
            ("duration", .duration, [.duration, .string]), ("dyn", .dynamic, [.dynamic]),
        ]
        for (name, target, sources) in conversions {
            table[name] = sources.map { Overload(.convert(target), isMethod: false, [$0], target) }
        }
        for part in TimePart.allCases {
            table[part.rawValue] =
                [
                    Overload(.timePart(part), isMethod: true, [.timestamp], .int),
                    Overload(.timePart(part), isMethod: true, [.timestamp, .string], .int),
                ] + (part.isOfDurations ? [Overload(.timePart(part), isMethod: true, [.duration], .int)] : [])
        }
        return table
    }()
}
