// Runs every case of the corpus: one line `id<TAB>SHA-256 of the answer` for each, and the conformance hash
// over all answers at the end. An answer is the verdict's JSON or, where the policy or the trust root is
// refused, which of them and where.
// Usage: java -cp … ConformanceKt TESTVECTORS

import java.io.File
import java.security.MessageDigest
import java.util.HexFormat
import kettle.verify.ArtifactDocument
import kettle.verify.ArtifactMode
import kettle.verify.BundleDocument
import kettle.verify.BundleKind
import kettle.verify.Refused
import kettle.verify.SettingsDocument
import kettle.verify.appraise
import kettle.verify.conformance
import kettle.verify.policyText
import kettle.verify.trustRootText
import kettle.verify.verdictJson
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

fun hex(bytes: ByteArray): String = HexFormat.of().formatHex(bytes)

fun sha256(bytes: ByteArray): String = hex(MessageDigest.getInstance("SHA-256").digest(bytes))

fun JsonObject.text(name: String) = getValue(name).jsonPrimitive.content

fun JsonObject.texts(name: String) = getValue(name).jsonArray.map { it.jsonPrimitive.content }

class Corpus(private val folder: File) {
    fun parse(path: String) = Json.parseToJsonElement(File(folder, path).readText()).jsonObject

    private fun bytes(path: String) = if (path.isEmpty()) ByteArray(0) else File(folder, path).readBytes()

    // A document, filled up where the case says so.
    private fun document(given: JsonObject, name: String): String {
        val read = bytes(given.getValue("files").jsonObject.text(name))
        val padding = given["padding"]?.jsonObject?.takeIf { it.text("file") == name } ?: return hex(read)
        val filled = read.copyOf(padding.getValue("to").jsonPrimitive.int)
        filled.fill(padding.getValue("byte").jsonPrimitive.int.toByte(), read.size)
        return hex(filled)
    }

    private fun artifact(given: JsonObject): ArtifactDocument {
        val read = bytes(given.text("path"))
        return ArtifactDocument(given.text("name"), sha256(read), read.size.toULong())
    }

    // What has no meaning for the kind of a case is left out, as the binding refuses it.
    private fun bundle(given: JsonObject): BundleDocument {
        val files = given.getValue("files").jsonObject
        val whole = given.text("kind") == "bundle"
        val mode = if (whole) given.text("artifacts_mode") else "folder"
        return BundleDocument(
            schema = "kettle-bundle/v1",
            kind = BundleKind.valueOf(given.text("kind").uppercase()),
            provenance = if (whole) document(given, "provenance") else "",
            evidence = document(given, "evidence"),
            artifactsMode = ArtifactMode.valueOf(mode.uppercase()),
            artifacts = files.getValue("artifacts").jsonArray.map { artifact(it.jsonObject) },
            subjects = given.texts("subjects"),
            certificates = files.texts("certificates").map { hex(bytes(it)) },
            crls = files.texts("crls").map { hex(bytes(it)) },
            reportData = given.text("report_data"),
            inputHash = given["input_hash"]?.jsonPrimitive?.content ?: "",
            outputHash = given["output_hash"]?.jsonPrimitive?.content ?: "",
        )
    }

    private fun settings(given: JsonObject): SettingsDocument {
        val files = given.getValue("files").jsonObject
        return SettingsDocument(
            schema = "kettle-settings/v1",
            now = given.text("now"),
            policy = files.text("policy").let { if (it.isEmpty()) "" else policyText(bytes(it)) },
            trustRoot = files.text("trust_root").let { if (it.isEmpty()) "" else trustRootText(bytes(it)) },
        )
    }

    fun answer(given: JsonObject): String =
        try {
            verdictJson(appraise(bundle(given), settings(given)))
        } catch (refused: Refused.Request) {
            if (refused.code != "policy" && refused.code != "trust_root") throw refused
            "${refused.code} ${refused.location}"
        }
}

fun main(arguments: Array<String>) {
    val corpus = Corpus(File(arguments.single()))
    val whole = MessageDigest.getInstance("SHA-256")
    for (id in corpus.parse("index.json").texts("cases")) {
        val answer = corpus.answer(corpus.parse("cases/$id/case.json")).toByteArray()
        println("$id\t${sha256(answer)}")
        whole.update(answer)
        whole.update('\n'.code.toByte())
    }
    val hash = hex(whole.digest())
    check(conformance() == hash) { "the binding calls itself ${conformance()}" }
    println("conformance $hash")
}
