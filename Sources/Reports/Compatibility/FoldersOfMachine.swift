/// Where files were says nothing of the target, and much of the machine: a page that is published has neither the folders of the
/// run and its programs nor those of the libraries whose errors name their source.
enum FoldersOfMachine {
    static func hidden(in text: String) -> String {
        // Most texts have none, and looking for a pattern takes long.
        guard text.contains("/shakedown-") || text.contains("/.programs/") || text.contains("/.build/") else {
            return text
        }
        return text.replacing(/\/[A-Za-z0-9._\/@+-]*\/shakedown-[A-Za-z0-9._-]+/, with: "(work folder)")
            .replacing(/\/[A-Za-z0-9._\/@+-]*\/\.programs\//, with: "(checkout)/.programs/")
            .replacing(/\/[A-Za-z0-9._\/@+-]*\/\.build\/checkouts\//, with: "")
    }
}
