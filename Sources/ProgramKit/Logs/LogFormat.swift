/// How log lines look.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
    /// For people: time, level, sentence, then the data.
    case term
    /// `t=… lvl=… msg="…" key=value`.
    case logfmt
    /// One object a line, with `t`, `lvl`, `msg` and the data's keys.
    case json
}
