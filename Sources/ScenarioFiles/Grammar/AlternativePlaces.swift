import ConfigurationFiles

/// Where the alternatives of one case's grades stand, so that what is wrong between them has a place.
final class AlternativePlaces {
    enum Grade: String, CaseIterable {
        case strict, lenient, tolerated
    }

    var nodes: [Grade: [YAMLNode]] = [:]
}
