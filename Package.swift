// swift-tools-version: 6.2
import PackageDescription

// The target graph is drawn in Docs/architecture.md; `swift build --explicit-target-dependency-import-check error` holds it.

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")

let package = Package(
    name: "Shakedown",
    products: [
        .executable(name: "shakedown", targets: ["shakedown"]),
        .executable(name: "shakedown-edge", targets: ["shakedown-edge"]),
        .executable(name: "shakedown-agent", targets: ["shakedown-agent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    ],
    targets: [
        // The floor: what both halves may use.
        .target(name: "Addresses"),
        .target(name: "JSONText"),
        .systemLibrary(name: "CAllocator"),
        .target(name: "ProgramKit", dependencies: ["CAllocator", "JSONText", logging]),
        .target(name: "ConfigurationFiles", dependencies: ["JSONText", "ProgramKit", yams]),

        // Values and bytes.
        .target(name: "TLSWire"),
        .target(name: "ProxyProtocol", dependencies: ["Addresses"]),
        .target(name: "Muxado"),
        .target(name: "AgentProtocol", dependencies: ["JSONText"]),

        // What both halves may use.
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "LibCrypto", dependencies: ["CLibCrypto"]),

        // The edge and the agent.
        .target(
            name: "EdgeCore",
            dependencies: [
                "Addresses", "JSONText", "ConfigurationFiles", "TLSWire", "AgentProtocol", "LibCrypto", "TrafficPolicy",
            ]
        ),
        .target(
            name: "HTTPServing",
            dependencies: [
                "JSONText", "LibCrypto", "ProgramKit",
                httpTypes, hummingbird, hummingbirdCore, nio, nioHTTPTypes, logging, lifecycle,
            ],
            resources: [.embedInCode("Pages/page.css")]
        ),
        .target(name: "EdgeAPIDescription", resources: [.embedInCode("openapi.json")]),
        .target(
            name: "EdgeControl",
            dependencies: ["Addresses", "AgentProtocol", "EdgeCore", "LibCrypto"]
        ),
        .target(
            name: "EdgeAPI",
            dependencies: [
                "Addresses", "JSONText", "EdgeAPIDescription", "EdgeControl", "EdgeCore", "HTTPServing", "LibCrypto",
                "TrafficPolicy", nio, logging, lifecycle,
            ]
        ),
        .target(
            name: "TrafficPolicy",
            dependencies: ["Addresses", "JSONText", "ConfigurationFiles", "AgentProtocol"]
        ),
        .target(name: "PrometheusMetrics", dependencies: [metrics]),
        .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .target(name: "SSHGateway", dependencies: ["Addresses", "CLibSSH", "ProgramKit"]),
        .target(
            name: "ACME",
            dependencies: ["JSONText", "LibCrypto", "ProgramKit", httpClient, nio, nioHTTP1, nioSSL]
        ),
        .target(
            name: "EdgeEvents",
            dependencies: [
                "Addresses", "JSONText", "ProgramKit", "ConfigurationFiles", "EdgeCore", httpClient, nio, nioHTTP1,
                nioSSL,
                logging, lifecycle,
            ]
        ),
        .target(name: "MuxadoChannel", dependencies: ["Muxado", nio]),
        .target(name: "Relaying", dependencies: ["Muxado", "MuxadoChannel", nio, nioSSL]),
        .target(
            name: "TLSCredentials",
            dependencies: ["ConfigurationFiles", "AgentProtocol", "LibCrypto", nio, nioSSL]
        ),
        .target(name: "EdgeStore", dependencies: ["JSONText", "ProgramKit", "LibCrypto", grdb]),
        .target(
            name: "EdgeServer",
            dependencies: [
                "Addresses", "JSONText", "ProgramKit", "ConfigurationFiles",
                "ACME", "EdgeCore", "EdgeControl", "EdgeEvents", "EdgeStore", "EdgeAPI", "SSHGateway", "TrafficPolicy",
                "Relaying", "MuxadoChannel", "Muxado", "TLSWire", "ProxyProtocol", "AgentProtocol",
                "TLSCredentials", "LibCrypto", "PrometheusMetrics",
                nio, nioPosix, nioHTTP1, nioTLS, nioSSL, logging, metrics, lifecycle,
            ]
        ),
        .target(
            name: "AgentClient",
            dependencies: [
                "Addresses", "JSONText", "ProgramKit", "ConfigurationFiles",
                "Relaying", "MuxadoChannel", "Muxado", "ProxyProtocol", "AgentProtocol", "TLSCredentials",
                "LibCrypto",
                nio, nioPosix, nioHTTP1, nioTLS, nioSSL, httpClient, logging, lifecycle,
            ]
        ),
        .target(
            name: "AgentAPI",
            dependencies: [
                "Addresses", "AgentClient", "AgentProtocol", "ConfigurationFiles", "HTTPServing", "JSONText",
                nio, logging, lifecycle,
            ]
        ),
        .target(
            name: "EdgeAPIClient",
            dependencies: ["ConfigurationFiles", "JSONText", "ProgramKit", httpClient, nio, nioPosix, nioHTTP1]
        ),
        .target(name: "AgentService", dependencies: ["ProgramKit"]),
        .executableTarget(
            name: "shakedown-edge",
            dependencies: [
                "EdgeAPI", "EdgeAPIClient", "EdgeEvents", "EdgeServer", "ProgramKit", arguments, logging, lifecycle,
                unixSignals,
            ]
        ),
        .executableTarget(
            name: "shakedown-agent",
            dependencies: [
                "Addresses", "AgentAPI", "AgentClient", "AgentService", "ConfigurationFiles", "EdgeAPIClient",
                "EdgeAPIDescription", "JSONText", "ProgramKit", "ProxyProtocol",
                "TLSCredentials", arguments, logging, lifecycle, unixSignals,
            ]
        ),

        // The harness.
        .target(name: "ScenarioModel", dependencies: ["Addresses"]),
        .target(name: "Verdicts", dependencies: ["ConfigurationFiles", "ScenarioModel"]),
        .target(name: "Checks", dependencies: ["Addresses", "ScenarioModel", "Verdicts"]),
        .target(
            name: "ScenarioFiles",
            dependencies: ["Addresses", "ConfigurationFiles", "JSONText", "ProgramKit", "ScenarioModel"]
        ),
        .target(
            name: "CertificateRecipes",
            dependencies: ["Addresses", "ConfigurationFiles", "ProgramKit", "LibCrypto"]
        ),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "Legs",
            dependencies: ["Addresses", "ProgramKit", "ScenarioModel", "TLSWire", "LibCrypto", nio, nioPosix]
        ),
        .target(name: "OpenSSLEngine", dependencies: ["COpenSSL", "Legs", "ScenarioModel", "TLSWire"]),
        .target(
            name: "BoringSSLEngine",
            dependencies: ["Legs", "ScenarioModel", "TLSWire", nio, nioEmbedded, nioTLS, nioSSL]
        ),
        .target(name: "ByteClient", dependencies: ["ScenarioModel", "TLSWire"]),
        .target(name: "Exchanges", dependencies: ["Legs", "ScenarioModel"]),
        .target(
            name: "Clients",
            dependencies: [
                "Addresses", "ClientPrograms", "Exchanges", "Legs", "OpenSSLEngine", "BoringSSLEngine", "ByteClient",
                "ScenarioModel", "Supervision",
                "TLSWire",
                nio, nioPosix,
            ]
        ),
        .target(
            name: "ClientPrograms",
            dependencies: ["ConfigurationFiles", "ProgramKit", "ScenarioModel", "Supervision", "TLSWire"]
        ),
        .target(
            name: "Upstreams",
            dependencies: [
                "Addresses", "Exchanges", "Legs", "OpenSSLEngine", "ScenarioModel", "ProxyProtocol", "TLSWire", nio,
                nioPosix,
            ]
        ),
        .target(name: "Supervision", dependencies: ["ProgramKit"]),
        .target(
            name: "Targets",
            dependencies: [
                "Addresses", "JSONText", "ProgramKit", "ConfigurationFiles", "LibCrypto", "Supervision",
                "ScenarioModel",
                "Verdicts", mustache, nio, nioPosix, nioHTTP1,
            ]
        ),
        .target(
            name: "Runner",
            dependencies: [
                "Addresses", "JSONText", "ProgramKit", "ScenarioModel", "Verdicts", "Checks", "Supervision", "Targets",
                "Upstreams",
                "ClientPrograms", "Clients", "Exchanges", "Legs",
                "OpenSSLEngine",
                "BoringSSLEngine", "CertificateRecipes", nio, nioPosix,
            ]
        ),
        .target(name: "Capture", dependencies: ["Addresses", "ScenarioModel"]),
        .target(
            name: "Reports",
            dependencies: ["Capture", "JSONText", "ProgramKit", "ScenarioModel", "Verdicts", "TLSWire", "LibCrypto"],
            resources: [
                .embedInCode("HTML/Page/report.css"), .embedInCode("HTML/Page/bytes.js"),
                .embedInCode("HTML/Page/cases.js"), .embedInCode("HTML/Page/filters.js"),
                .embedInCode("HTML/Page/evidence.js"), .embedInCode("HTML/Page/panel.js"),
                .embedInCode("HTML/Page/list.js"), .embedInCode("HTML/Page/keys.js"),
                .embedInCode("Compatibility/Page/compatibility.css"), .embedInCode("Compatibility/Page/data.js"),
                .embedInCode("Compatibility/Page/views.js"), .embedInCode("Compatibility/Page/grid.js"),
                .embedInCode("Compatibility/Page/compare.js"), .embedInCode("Compatibility/Page/begin.js"),
            ]
        ),
        .executableTarget(
            name: "shakedown",
            dependencies: [
                "Addresses", "JSONText", "ProgramKit", "ConfigurationFiles", "Runner", "Reports", "ScenarioFiles",
                "ScenarioModel", "Verdicts",
                "ClientPrograms", "Supervision", "Targets", "CertificateRecipes", arguments,
            ]
        ),

        // Tests.
        .testTarget(name: "AddressesTests", dependencies: ["Addresses"]),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText"]),
        .testTarget(name: "CaptureTests", dependencies: ["Addresses", "Capture", "FolderTesting", "ScenarioModel"]),
        .testTarget(
            name: "ProgramKitTests",
            dependencies: ["HangTesting", "ProgramKit", "JSONText", "FolderTesting", logging]
        ),
        .testTarget(
            name: "ConfigurationFilesTests",
            dependencies: ["ConfigurationFiles", "JSONText", "ProgramKit", "FolderTesting"]
        ),
        .testTarget(name: "TLSWireTests", dependencies: ["TLSWire"], exclude: ["Vectors", "ServerFlights"]),
        .testTarget(
            name: "ByteClientTests",
            dependencies: ["ByteClient", "ScenarioModel", "TLSWire", "FolderTesting"]
        ),
        .testTarget(name: "ProxyProtocolTests", dependencies: ["Addresses", "ProxyProtocol"], exclude: ["Vectors"]),
        .testTarget(name: "AgentProtocolTests", dependencies: ["AgentProtocol"]),
        .testTarget(name: "MuxadoTests", dependencies: ["Muxado"]),
        .testTarget(
            name: "MuxadoChannelTests",
            dependencies: [
                "HangTesting",
                "MuxadoChannel", "Muxado", "CredentialTesting", nio, nioPosix, nioEmbedded, nioTLS, nioSSL,
            ]
        ),
        .testTarget(
            name: "RelayingTests",
            dependencies: ["HangTesting", "Relaying", "MuxadoChannel", "Muxado", nio, nioPosix, nioEmbedded, nioSSL]
        ),
        .testTarget(
            name: "TrafficPolicyTests",
            dependencies: ["Addresses", "AgentProtocol", "ConfigurationFiles", "JSONText", "TrafficPolicy"]
        ),
        .testTarget(
            name: "EdgeCoreTests",
            dependencies: ["Addresses", "EdgeCore", "AgentProtocol", "JSONText", "TLSWire", "TrafficPolicy"]
        ),
        .target(
            name: "HTTPTesting",
            dependencies: ["JSONText", nio, nioPosix, nioHTTP1],
            path: "Tests/HTTPTesting"
        ),
        .target(name: "StoreTesting", dependencies: ["EdgeStore"], path: "Tests/StoreTesting"),
        .executableTarget(
            name: "StoreProbe",
            dependencies: ["EdgeStore", "ProgramKit", "StoreTesting"],
            path: "Tests/StoreProbe"
        ),
        .testTarget(
            name: "EdgeStoreTests",
            dependencies: [
                "EdgeStore", "StoreProbe", "StoreTesting", "ProcessTesting", "ProgramKit", "FolderTesting", grdb,
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "EdgeControlTests",
            dependencies: ["Addresses", "AgentProtocol", "CredentialTesting", "EdgeControl", "EdgeCore", "LibCrypto"]
        ),
        .testTarget(
            name: "EdgeAPITests",
            dependencies: [
                "HangTesting", "HTTPTesting", "JSONText", "EdgeAPI", "EdgeControl", "EdgeCore", "CredentialTesting",
                nio, nioHTTP1, logging,
            ]
        ),
        .testTarget(
            name: "ACMETests",
            dependencies: ["ACME", "ClockTesting", "JSONText", "LibCrypto"]
        ),
        .testTarget(
            name: "EdgeAPIClientTests",
            dependencies: ["ConfigurationFiles", "EdgeAPIClient", "EdgeAPIDescription", "JSONText"]
        ),
        .testTarget(
            name: "AgentServiceTests",
            dependencies: ["AgentService", "FolderTesting", "ProgramKit"]
        ),
        .testTarget(
            name: "HTTPServingTests",
            dependencies: ["HTTPServing", httpTypes, nio, nioEmbedded, nioHTTPTypes]
        ),
        .testTarget(
            name: "SSHGatewayTests",
            dependencies: ["Addresses", "FolderTesting", "HangTesting", "ProgramKit", "SSHGateway", nio, nioPosix]
        ),
        .testTarget(name: "PrometheusMetricsTests", dependencies: ["PrometheusMetrics", metrics]),
        .testTarget(
            name: "EdgeEventsTests",
            dependencies: [
                "ClockTesting", "EventTesting", "HangTesting", "LogTesting",
                "Addresses", "EdgeEvents", "EdgeCore", "JSONText", "ConfigurationFiles", "ProgramKit",
                "CredentialTesting", "FolderTesting",
                nio, nioPosix, nioHTTP1, nioSSL, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "EdgeServerTests",
            dependencies: [
                "ClockTesting", "EventTesting", "HangTesting", "HTTPTesting", "JSONText", "LogTesting",
                "ACME", "Addresses", "EdgeServer", "EdgeAPI", "EdgeControl", "EdgeCore", "EdgeEvents", "MuxadoChannel",
                "Muxado",
                "AgentProtocol",
                "ConfigurationFiles",
                "ProgramKit", "TLSCredentials", "CredentialTesting", "DocumentationTesting", "FolderTesting",
                "LibCrypto", "PrometheusMetrics", "TLSWire", "TrafficPolicy",
                nio, nioPosix, nioEmbedded, nioHTTP1, nioTLS, nioSSL, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "AgentClientTests",
            dependencies: [
                "HangTesting", "HTTPTesting", "LogTesting",
                "Addresses", "AgentAPI", "AgentClient", "AgentProtocol", "ConfigurationFiles", "JSONText", "Muxado",
                "MuxadoChannel", "ProgramKit",
                "ProxyProtocol", "TLSCredentials", "CredentialTesting", "DocumentationTesting", "FolderTesting",
                nio, nioPosix, nioHTTP1, nioTLS, nioSSL, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "ScenarioFilesTests",
            dependencies: [
                "ScenarioFiles", "ConfigurationFiles", "ScenarioModel", "DocumentationTesting", "FolderTesting",
                "Verdicts",
            ]
        ),
        .testTarget(name: "VerdictsTests", dependencies: ["Verdicts", "ScenarioModel"]),
        .testTarget(name: "ChecksTests", dependencies: ["Addresses", "Checks", "ScenarioModel", "Verdicts"]),
        .testTarget(
            name: "LibCryptoTests",
            dependencies: ["Addresses", "LibCrypto", "CertificateRecipes", "CredentialTesting", "FolderTesting"]
        ),
        .testTarget(
            name: "TLSCredentialsTests",
            dependencies: [
                "TLSCredentials", "AgentProtocol", "ConfigurationFiles", "CredentialTesting", "FolderTesting",
                "LibCrypto",
                "OpenSSLEngine", "Legs", "ScenarioModel", nio, nioEmbedded, nioTLS, nioSSL,
            ]
        ),
        .testTarget(
            name: "CertificateRecipesTests",
            dependencies: ["CertificateRecipes", "ConfigurationFiles", "DocumentationTesting", "FolderTesting"]
        ),
        .executableTarget(name: "SupervisorProbe", dependencies: ["Supervision"], path: "Tests/SupervisorProbe"),
        .target(
            name: "EventTesting",
            dependencies: ["EdgeEvents", "JSONText", nio, nioPosix, nioHTTP1, nioSSL, logging, lifecycle],
            path: "Tests/EventTesting"
        ),
        .target(name: "ClockTesting", path: "Tests/ClockTesting"),
        .target(name: "FolderTesting", path: "Tests/FolderTesting"),
        .target(name: "HangTesting", path: "Tests/HangTesting"),
        .target(name: "LogTesting", dependencies: [logging], path: "Tests/LogTesting"),
        .target(name: "ProcessTesting", dependencies: ["Supervision"], path: "Tests/ProcessTesting"),
        .testTarget(
            name: "SupervisionTests",
            dependencies: ["Supervision", "SupervisorProbe", "ProcessTesting", "ProgramKit", "FolderTesting"]
        ),
        .testTarget(
            name: "TargetsTests",
            dependencies: [
                "Addresses", "Targets", "ProgramKit", "SupervisorProbe", "ProcessTesting", "FolderTesting",
                "ScenarioModel", "Verdicts",
                "ConfigurationFiles",
                "CertificateRecipes", "DocumentationTesting", nio, nioPosix,
            ],
            exclude: ["Golden"]
        ),
        .target(name: "DocumentationTesting", path: "Tests/DocumentationTesting"),
        .target(
            name: "CredentialTesting",
            dependencies: ["Addresses", "CertificateRecipes", "LibCrypto", "ScenarioModel"],
            path: "Tests/CredentialTesting"
        ),
        .target(
            name: "LegTesting",
            dependencies: ["Addresses", "Legs", "ScenarioModel", nio, nioPosix],
            path: "Tests/LegTesting"
        ),
        .testTarget(
            name: "LegsTests",
            dependencies: ["HangTesting", "Addresses", "Legs", "LegTesting", "ScenarioModel", nio, nioPosix]
        ),
        .testTarget(
            name: "ExchangesTests",
            dependencies: [
                "HangTesting",
                "Exchanges", "Legs", "LegTesting", "OpenSSLEngine", "BoringSSLEngine", "ScenarioModel",
                "CredentialTesting", nioPosix,
            ]
        ),
        .testTarget(
            name: "OpenSSLEngineTests",
            dependencies: ["OpenSSLEngine", "Legs", "ScenarioModel", "CredentialTesting"]
        ),
        .testTarget(
            name: "BoringSSLEngineTests",
            dependencies: [
                "BoringSSLEngine", "OpenSSLEngine", "Legs", "ScenarioModel", "CredentialTesting", nio, nioPosix,
            ]
        ),
        .testTarget(
            name: "ClientsTests",
            dependencies: [
                "HangTesting",
                "Addresses", "ClientPrograms", "Clients", "Upstreams", "Exchanges", "Legs", "OpenSSLEngine",
                "ScenarioModel", "SupervisorProbe", "ProcessTesting",
                "CredentialTesting", "FolderTesting",
                nio, nioPosix,
            ]
        ),
        .testTarget(
            name: "ClientProgramsTests",
            dependencies: [
                "ClientPrograms", "ConfigurationFiles", "DocumentationTesting", "FolderTesting", "ScenarioModel",
            ]
        ),
        .testTarget(
            name: "UpstreamsTests",
            dependencies: [
                "HangTesting",
                "Addresses", "Upstreams", "Exchanges", "Legs", "OpenSSLEngine", "ScenarioModel", "CredentialTesting",
                nio,
                nioPosix,
            ]
        ),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Addresses", "Reports", "ScenarioModel", "Verdicts", "FolderTesting"],
            exclude: ["Golden", "Schemas"]
        ),
        .testTarget(
            name: "RunnerTests",
            dependencies: [
                "Runner", "JSONText", "Legs", "ProgramKit", "ScenarioModel", "Targets", "Verdicts",
                "CertificateRecipes",
                "DocumentationTesting", "FolderTesting", nio, nioPosix,
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "shakedown", "shakedown-edge", "shakedown-agent", "ConfigurationFiles", "DocumentationTesting",
                "FolderTesting",
            ],
            exclude: ["Python"]
        ),
    ]
)

// Fuzzers need the sanitizer's main, so they are there only when asked for: Scripts/fuzz.sh.
if Context.environment["FUZZ"] != nil {
    // Given two --sanitize options the compiler heeds the last one alone, and the fuzzer sees no coverage.
    let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]
    for (parser, library) in [
        ("ClientHello", "TLSWire"), ("ProxyHeader", "ProxyProtocol"), ("Muxado", "Muxado"),
        ("Expression", "TrafficPolicy"),
    ] {
        // A PROXY header's addresses are read by Addresses.
        for target in package.targets where [library, "Addresses"].contains(target.name) {
            target.swiftSettings = instrumented
        }
        package.targets.append(
            .executableTarget(
                name: "Fuzz\(parser)",
                dependencies: [.target(name: library)],
                swiftSettings: instrumented + [.unsafeFlags(["-parse-as-library"])]
            )
        )
    }
}

// `make mutants` plants bugs and sees what notices them; no one else needs to build that.
if Context.environment["MUTANTS"] != nil {
    package.targets.append(
        .executableTarget(name: "mutants", dependencies: ["ConfigurationFiles", "ProgramKit", arguments])
    )
}

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]
// Tests run in the configuration that users run, so that `make test` builds nothing twice. Then a target that its tests look
// into with @testable must be built for it. Nothing of the edge and the agent is: the optimizer takes less for granted there.
let testable: Set = [
    "Checks", "ConfigurationFiles", "Exchanges", "Legs", "ProgramKit", "Reports", "Runner", "ScenarioFiles",
    "Supervision", "Targets", "Verdicts",
]
for target in package.targets where target.type != .system {
    var flags: [String] = testable.contains(target.name) ? ["-enable-testing"] : []
    // A test runs once: optimizing it takes longer than running it.
    if target.type == .test { flags.append("-Onone") }
    target.swiftSettings = (target.swiftSettings ?? []) + settings + (flags.isEmpty ? [] : [.unsafeFlags(flags)])
}
