/// How log lines look.
package enum LogFormat: String, CaseIterable, Sendable {
    /// For people: time, level, sentence, then the data.
    case term
    /// `t=… lvl=… msg=… key=value`.
    case logfmt
    /// One object per line.
    case json
}
