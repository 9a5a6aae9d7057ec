package import Addresses
package import AgentProtocol

/// What `restrict-ips` found: `actions.ngrok.restrict_ips.*`.
package struct RestrictionResult: Sendable {
    package let isAllowed: Bool
    /// The block that decided; `nil` where the client is in none.
    package let matchedBlock: CIDRBlock?
    /// Why the action could not do all it should; then nobody is allowed.
    package let error: NgrokError?
}

extension IPRestrictionConfiguration {
    /// A client is allowed that is in an allowed block and in no denied one.
    ///
    /// - Parameter policies: An IP policy's rules by its id; `nil` where there is none.
    func result(
        _ variables: RunVariables,
        budget: inout EvaluationBudget,
        policies: (String) -> IPPolicyRules?
    ) -> RestrictionResult {
        var allowed = [self.allowed.blocks]
        var denied = [self.denied.blocks]
        do throws(NgrokError) {
            allowed.append(try self.blocks(of: self.allowed.templates, "allow", variables, budget: &budget))
            denied.append(try self.blocks(of: self.denied.templates, "deny", variables, budget: &budget))
            for id in self.policies {
                guard let rules = policies(id) else { throw .policyIPPolicy(id) }
                allowed.append(rules.allowed)
                denied.append(rules.denied)
            }
        } catch {
            return RestrictionResult(isAllowed: false, matchedBlock: nil, error: error)
        }
        let client = variables.connection.client
        if let block = Self.block(of: client, in: denied) {
            return RestrictionResult(isAllowed: false, matchedBlock: block, error: nil)
        }
        let block = Self.block(of: client, in: allowed)
        return RestrictionResult(isAllowed: block != nil, matchedBlock: block, error: nil)
    }

    private static func block(of client: IPAddress, in lists: [[CIDRBlock]]) -> CIDRBlock? {
        for list in lists {
            for block in list where block.contains(client) { return block }
        }
        return nil
    }

    private func blocks(
        of templates: [TextTemplate],
        _ field: String,
        _ variables: RunVariables,
        budget: inout EvaluationBudget
    ) throws(NgrokError) -> [CIDRBlock] {
        var blocks: [CIDRBlock] = []
        for template in templates {
            let text: String
            do throws(EvaluationError) {
                text = try template.text(variables, budget: &budget)
            } catch {
                let action = PolicyActionType.restrictIPs.rawValue
                throw .policyTemplateEvaluation(SourceText.shortened(error.message), action: action, at: field)
            }
            guard let block = CIDRBlock(text) else { throw .policyCIDR(SourceText.shortened(text)) }
            blocks.append(block.unmapped ?? block)
        }
        return blocks
    }
}
