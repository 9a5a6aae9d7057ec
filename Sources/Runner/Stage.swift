import CertificateRecipes
import Checks
import Foundation
import Legs
import ScenarioModel
import Targets
import Upstreams

/// Everything a run needs to be standing before its first case: certificates, upstreams, the target with all endpoints.
final class Stage: Sendable {
    let target: RunningTarget
    let upstreams: UpstreamFleet
    let materials: Materials
    let judge: Judge
    let controls: [Case]
    let definition: TargetDefinition
    let workDirectory: URL
    private let keepsWorkDirectory: Bool

    private init(
        target: RunningTarget, upstreams: UpstreamFleet, materials: Materials, judge: Judge, controls: [Case],
        definition: TargetDefinition, workDirectory: URL, keepsWorkDirectory: Bool
    ) {
        self.target = target
        self.upstreams = upstreams
        self.materials = materials
        self.judge = judge
        self.controls = controls
        self.definition = definition
        self.workDirectory = workDirectory
        self.keepsWorkDirectory = keepsWorkDirectory
    }

    static let baseDomain = "shakedown.test"
}
