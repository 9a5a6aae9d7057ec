/// What a reference in a request may be: the id of an object of its kind that is there and the account's own.
enum Reference {
    /// - Parameters:
    ///   - malformed: ngrok's number for what is no id of this kind.
    ///   - missing: For an id that nothing has.
    static func resolve<R: ControlResource>(
        _ type: R.Type,
        _ id: String,
        account: String,
        in state: ControlState,
        field: String,
        codes: (malformed: Int, missing: Int)
    ) throws(ControlError) -> R {
        guard id.hasPrefix(R.idPrefix + "_") else {
            throw ControlError(
                code: codes.malformed,
                "'\(id)' in '\(field)' is no id of a \(R.kind.title): those start with '\(R.idPrefix)_'.",
                field: field
            )
        }
        guard let object = state[keyPath: R.table][id], object.accountID == account else {
            throw ControlError(
                code: codes.missing,
                "The \(R.kind.title) '\(id)' in '\(field)' does not exist.",
                field: field
            )
        }
        return object
    }
}
