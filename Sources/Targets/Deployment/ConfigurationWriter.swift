internal import Foundation
internal import Mustache
internal import ProgramKit
internal import ScenarioModel

/// Renders a target's templates into the work directory.
struct ConfigurationWriter {
    let definition: TargetDefinition
    let directory: URL

    init(definition: TargetDefinition, directory: URL) {
        self.definition = definition
        self.directory = directory
        ContentTypes.register()
    }

    /// Returns what was written, so that a report can show it.
    @discardableResult
    func write(_ templates: [ProcessPlan.Template], values: [String: Any]) throws(TargetError) -> [WrittenFile] {
        var written: [WrittenFile] = []
        for template in templates {
            let url = self.definition.file(named: template.source)
            let source: String
            do {
                source = try String(contentsOf: url, encoding: .utf8)
            } catch {
                throw TargetError(.badTemplate, "the template \(url.path) cannot be read")
            }
            let name = "\(self.definition.name)/\(template.source)"
            let text = try Self.render(source, values: values, name: name)
            for output in try self.render(plain: [template.output], values: values, name: template.output) {
                try Self.write(text, to: self.directory.appending(path: output))
                written.append(WrittenFile(name: output, template: template.source, text: text))
            }
        }
        return written
    }

    static func render(_ template: String, values: [String: Any], name: String) throws(TargetError) -> String {
        let names = TemplateNames(known: TemplateValues.names, values: values)
        if let unknown = names.firstUnknown(in: template) {
            throw TargetError(
                .badTemplate,
                "\(name):\(unknown.line): templates have no value '\(unknown.name)'\(unknown.suggestion)",
                hint: "Docs/targets.md lists the values"
            )
        }
        let text: String
        do {
            text = try MustacheTemplate(string: template).render(values)
        } catch {
            throw TargetError(.badTemplate, "the template \(name) is wrong: \(error)")
        }
        if let fault = PlainWord.firstFault(in: text) {
            throw TargetError(
                .badTemplate,
                "the template \(name) writes plain words (CONTENT_TYPE:WORD), and '\(fault)' is none",
                hint: "name another folder in TMPDIR, or use another content type"
            )
        }
        return text
    }

    /// Arguments and paths are templates that hold nothing to be escaped.
    func render(
        plain templates: [String],
        values: [String: Any],
        name: String
    ) throws(TargetError) -> [String] {
        var texts: [String] = []
        for template in templates {
            texts.append(try Self.render("{{% CONTENT_TYPE:TEXT}}" + template, values: values, name: name))
        }
        return texts
    }

    /// Puts a text in place of a file that was written.
    func write(_ text: String, to file: String) throws(TargetError) {
        try Self.write(text, to: self.directory.appending(path: file))
    }

    /// Writes the certificate and key of every terminated endpoint into one file, for edges whose templates want them so.
    func writeBundles(of endpoints: [DeployedEndpoint]) throws(TargetError) {
        guard self.mentionsBundles else { return }
        var written: Set<String> = []
        for endpoint in endpoints where endpoint.plan.role.terminatingParty == .edge {
            let server = DeployedEndpoint.Files.Pair(
                certificate: endpoint.files.serverCertificate,
                key: endpoint.files.serverKey
            )
            for pair in [server, endpoint.files.upstreamClient].compactMap(\.self) {
                let name = Self.bundleName(of: pair.certificate)
                guard written.insert(name).inserted else { continue }
                try self.writeBundle(of: pair, as: name, for: endpoint.plan.domain)
            }
        }
    }

    private func writeBundle(
        of pair: DeployedEndpoint.Files.Pair,
        as name: String,
        for domain: String
    ) throws(TargetError) {
        let text: String
        do {
            text =
                try String(contentsOf: pair.certificate, encoding: .utf8)
                + String(contentsOf: pair.key, encoding: .utf8)
        } catch {
            throw TargetError(.badTemplate, "a certificate of \(domain) cannot be read: \(Reason.text(of: error))")
        }
        try Self.write(text, to: self.directory.appending(path: name))
    }

    /// Whether a template of the target's, or of one that it extends, speaks of them.
    var mentionsBundles: Bool {
        self.definition.description.processes.flatMap(\.templates).contains { template in
            let source = self.definition.file(named: template.source)
            // One that cannot be read is told when it is rendered.
            return (try? String(contentsOf: source, encoding: .utf8))?.localizedCaseInsensitiveContains("bundle")
                ?? false
        }
    }

    static func bundleName(of certificate: URL) -> String {
        certificate.deletingPathExtension().lastPathComponent + ".bundle.pem"
    }

    /// Configurations hold authtokens, and bundles hold keys.
    private static func write(_ text: String, to url: URL) throws(TargetError) {
        do {
            try WholeFile.write(Array(text.utf8), to: url.path, mode: 0o600)
        } catch {
            throw TargetError(.cannotWrite, error.description, hint: "make room, or name another folder in TMPDIR")
        }
    }
}
