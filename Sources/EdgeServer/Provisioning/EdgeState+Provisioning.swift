import EdgeControl

extension EdgeState: CertificateKeeper {
    func change(_ body: @escaping @Sendable (inout ControlState) throws(ControlError) -> Void) async throws {
        try await self.keeper.change({ state in try body(&state) }, publish: { self.publish($0, by: nil) })
    }
}

extension EdgeConfiguration.ACMESettings {
    var schedule: ProvisioningSchedule {
        self.retry.map { ProvisioningSchedule(firstRetry: $0) } ?? ProvisioningSchedule()
    }
}
