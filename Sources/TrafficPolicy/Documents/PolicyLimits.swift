/// What a traffic policy may have at most. ngrok has such limits for each plan (ERR_NGROK_2218, 2264, 2265) and does not say
/// how large they are; these are there so that one account's policy cannot take the edge's memory or time.
enum PolicyLimits {
    /// Certificates and their chains are in it.
    static let bytes = 512 * 1024
    static let rules = 200
    static let actions = 50
    static let expressions = 50
    /// Entries of one list of addresses or certificates.
    static let entries = 1_000
    static let variables = 100
    /// Lists and mappings inside each other.
    static let depth = 16
}
