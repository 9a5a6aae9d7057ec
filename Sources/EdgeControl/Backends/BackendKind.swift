extension ControlState {
    /// Of which kind the backend with this id is.
    ///
    /// - Throws: ERR_NGROK_6526 for what is no backend's id, 6501 for a backend that the account does not have.
    package func backendKind(_ id: String, account: String, field: String) throws(ControlError) -> ObjectKind {
        func exists<R: ControlResource>(_ type: R.Type) -> Bool? {
            guard id.hasPrefix(R.idPrefix + "_") else { return nil }
            return self[keyPath: R.table][id]?.accountID == account
        }
        for kind in [ObjectKind.tunnelGroupBackend, .weightedBackend, .failoverBackend] {
            guard let exists = exists(kind.type) else { continue }
            guard exists else {
                throw ControlError(code: 6501, "The backend '\(id)' in '\(field)' does not exist.", field: field)
            }
            return kind
        }
        throw ControlError(code: 6526, "'\(id)' in '\(field)' is no backend's id.", field: field)
    }
}

extension ControlError {
    static func backendNotFound(_ kind: ObjectKind, _ id: String) -> ControlError {
        .notFound(kind.title, id: id, code: 6514)
    }

    static func backendInUse(_ kind: ObjectKind, _ id: String, _ user: String) -> ControlError {
        .inUse(kind.title, id: id, by: user, code: 6502)
    }
}
