import CertificateRecipes
import ProgramKit
import ScenarioModel
import Targets

extension Mint {
    /// Issues from now on with a CA that somebody else's edge trusts already.
    func adopt(_ authority: ExternalEdge.Authority, for target: TargetDefinition) throws {
        do {
            try self.adopt(authority.recipe, certificate: authority.certificate.bytes, key: authority.key.bytes)
        } catch {
            throw Complaint(
                "\(authority.file) cannot be the CA '\(authority.recipe)' of \(target.reference): \(Reason.text(of: error))",
                hint: "make it with: shakedown certs --out FOLDER \(authority.recipe)",
                exitStatus: .usage
            )
        }
    }
}
