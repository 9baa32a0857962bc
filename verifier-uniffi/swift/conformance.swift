// Runs every case of the corpus: one line `id<TAB>SHA-256 of the answer` for each, and the conformance hash
// over all answers at the end. An answer is the verdict's JSON or, where the policy or the trust root is
// refused, which of them and where.
// Usage: conformance TESTVECTORS

import Foundation

typealias Object = [String: Any]

struct Malformed: Error {
    let what: String
}

func hex(_ bytes: Data) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

// The digests of files by the system's program, as Swift has no SHA-256 of its own on every system.
func sha256(_ files: [URL]) throws -> [String] {
    if files.isEmpty { return [] }
    let program = Process()
    let output = Pipe()
    program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    program.arguments = ["sha256sum", "--"] + files.map(\.path)
    program.standardOutput = output
    try program.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    program.waitUntilExit()
    let digests = text.split(separator: "\n").map { String($0.prefix(64)) }
    guard program.terminationStatus == 0, digests.count == files.count else {
        throw Malformed(what: "sha256sum: \(program.terminationStatus)")
    }
    return digests
}

extension Object {
    func member<T>(_ name: String) throws -> T {
        guard let value = self[name] as? T else { throw Malformed(what: name) }
        return value
    }
}

struct Corpus {
    let folder: URL
    // The digests of artifacts, by path.
    var artifacts: [String: String] = [:]

    func parse(_ path: String) throws -> Object {
        let read = try JSONSerialization.jsonObject(with: bytes(path))
        guard let object = read as? Object else { throw Malformed(what: path) }
        return object
    }

    func bytes(_ path: String) throws -> Data {
        path.isEmpty ? Data() : try Data(contentsOf: folder.appendingPathComponent(path))
    }

    // A document, filled up where the case says so.
    func document(_ given: Object, _ name: String) throws -> String {
        var read = try bytes((given.member("files") as Object).member(name))
        if let padding = given["padding"] as? Object, try padding.member("file") == name {
            let (to, byte): (Int, Int) = (try padding.member("to"), try padding.member("byte"))
            read.append(Data(repeating: UInt8(byte), count: to - read.count))
        }
        return hex(read)
    }

    func artifact(_ given: Object) throws -> ArtifactDocument {
        let path: String = try given.member("path")
        let size = UInt64(try bytes(path).count)
        return ArtifactDocument(name: try given.member("name"), sha256: artifacts[path] ?? "", size: size)
    }

    func kind(_ word: String) throws -> BundleKind {
        switch word {
        case "bundle": return .bundle
        case "evidence": return .evidence
        case "attestable_build": return .attestableBuild
        case "tee_compile": return .teeCompile
        default: throw Malformed(what: word)
        }
    }

    func mode(_ word: String) throws -> ArtifactMode {
        switch word {
        case "folder": return .folder
        case "loose": return .loose
        case "without": return .without
        default: throw Malformed(what: word)
        }
    }

    // What has no meaning for the kind of a case is left out, as the binding refuses it.
    func bundle(_ given: Object) throws -> BundleDocument {
        let files: Object = try given.member("files")
        let kind = try kind(given.member("kind"))
        let hexes = { (name: String) in try (files.member(name) as [String]).map { hex(try bytes($0)) } }
        return BundleDocument(
            schema: "kettle-bundle/v1",
            kind: kind,
            evidence: try document(given, "evidence"),
            artifacts: try (files.member("artifacts") as [Object]).map(artifact),
            artifactsMode: kind == .bundle ? try mode(given.member("artifacts_mode")) : .folder,
            certificates: try hexes("certificates"),
            crls: try hexes("crls"),
            inputHash: given["input_hash"] as? String ?? "",
            outputHash: given["output_hash"] as? String ?? "",
            provenance: kind == .bundle ? try document(given, "provenance") : "",
            reportData: try given.member("report_data"),
            subjects: try given.member("subjects")
        )
    }

    func settings(_ given: Object) throws -> SettingsDocument {
        let files: Object = try given.member("files")
        let text = { (name: String, read: (Data) throws -> String) in
            let path: String = try files.member(name)
            return path.isEmpty ? "" : try read(bytes(path))
        }
        return SettingsDocument(
            schema: "kettle-settings/v1",
            now: try given.member("now"),
            policy: try text("policy") { try policyText(bytes: $0) },
            trustRoot: try text("trust_root") { try trustRootText(bytes: $0) }
        )
    }

    func answer(_ given: Object) throws -> String {
        do {
            return try verdictJson(verdict: appraise(bundle: bundle(given), settings: settings(given)))
        } catch Refused.Request(let code, let location, _) where code == "policy" || code == "trust_root" {
            return "\(code) \(location)"
        }
    }

    mutating func hashArtifacts(_ cases: [Object]) throws {
        let lists = try cases.map { try ($0.member("files") as Object).member("artifacts") as [Object] }
        let paths = Array(Set(try lists.joined().map { try $0.member("path") as String }))
        let digests = try sha256(paths.map(folder.appendingPathComponent))
        artifacts = Dictionary(uniqueKeysWithValues: zip(paths, digests))
    }
}

@main
struct Conformance {
    // An error that leaves `main` is a crash in Swift, with the registers in place of the reason.
    static func main() {
        do {
            try run()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    static func run() throws {
        var corpus = Corpus(folder: URL(fileURLWithPath: CommandLine.arguments[1]))
        let ids: [String] = try corpus.parse("index.json").member("cases")
        let cases = try ids.map { try corpus.parse("cases/\($0)/case.json") }
        try corpus.hashArtifacts(cases)

        let name = "kettle-conformance-\(ProcessInfo.processInfo.globallyUniqueString)"
        let answers = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: answers, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: answers) }
        var whole = Data()
        var files: [URL] = []
        for (index, given) in cases.enumerated() {
            let answer = Data(try corpus.answer(given).utf8)
            files.append(answers.appendingPathComponent("\(index)"))
            try answer.write(to: files[index])
            whole.append(answer)
            whole.append(10)
        }
        let all = answers.appendingPathComponent("all")
        try whole.write(to: all)
        for (id, digest) in zip(ids, try sha256(files)) {
            print("\(id)\t\(digest)")
        }
        let hash = try sha256([all])[0]
        guard conformance() == hash else { throw Malformed(what: "the binding calls itself \(conformance())") }
        print("conformance \(hash)")
    }
}
