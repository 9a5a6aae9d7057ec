import Foundation

/// RFC 4648 section 5, without padding, as JOSE has it (RFC 7515 section 2).
enum Base64URL {
    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
