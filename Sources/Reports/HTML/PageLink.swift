import Foundation

/// Addresses inside the page: the part behind `#` is the state of its filters, as `Page/filters.js` reads it.
enum PageLink {
    static func toCase(_ id: String) -> String { Self.filter("c", id) }

    static func filter(_ key: String, _ value: String) -> String {
        // What is left needs no escaping in HTML either.
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
        return "#\(key)=\(value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
    }
}
