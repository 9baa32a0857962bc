// Runs every case of the corpus: one line `id<TAB>SHA-256 of the answer` for each, and the conformance hash
// over all answers at the end. An answer is the verdict's JSON or, where the policy or the trust root is
// refused, which of them and where.
// Usage: conformance TESTVECTORS

#include <cjson/cJSON.h>

#include "check.h"

static const char *vectors;

static cJSON *parse(const char *path) {
    struct bytes text = read_file(vectors, path);
    cJSON *json = cJSON_ParseWithLength((const char *)text.data, text.length);
    if (json == NULL) {
        fprintf(stderr, "%s: not JSON\n", path);
        exit(1);
    }
    free(text.data);
    return json;
}

static const cJSON *member(const cJSON *object, const char *name) {
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);
    if (found == NULL) {
        fprintf(stderr, "no member `%s`\n", name);
        exit(1);
    }
    return found;
}

static const char *text(const cJSON *object, const char *name) {
    const char *value = cJSON_GetStringValue(member(object, name));
    CHECK(value != NULL);
    return value;
}

// A document, filled up where the case says so.
static struct bytes document(const cJSON *given, const char *name) {
    struct bytes read = read_file(vectors, text(member(given, "files"), name));
    const cJSON *padding = cJSON_GetObjectItemCaseSensitive(given, "padding");
    if (cJSON_IsObject(padding) && strcmp(text(padding, "file"), name) == 0) {
        size_t to = (size_t)cJSON_GetNumberValue(member(padding, "to"));
        int byte = (int)cJSON_GetNumberValue(member(padding, "byte"));
        CHECK(to >= read.length && (read.data = realloc(read.data, to)) != NULL);
        memset(read.data + read.length, byte, to - read.length);
        read.length = to;
    }
    return read;
}

static void add_artifacts(kettle_bundle *bundle, const cJSON *files) {
    const cJSON *file;
    cJSON_ArrayForEach(file, member(files, "artifacts")) {
        struct bytes read = read_file(vectors, text(file, "path"));
        uint8_t sha256[32];
        uint64_t size;
        hash(read.data, read.length, sha256, &size);
        OK(kettle_bundle_add_artifact(bundle, text(file, "name"), sha256, size));
        free(read.data);
    }
}

// Reads at most 128 bytes of hex, and says how many there are.
static size_t unhex(const char *hex, uint8_t data[128]) {
    size_t length = strlen(hex) / 2;
    CHECK(strlen(hex) % 2 == 0 && length <= 128);
    for (size_t index = 0; index < length; index++) {
        CHECK(sscanf(hex + 2 * index, "%2hhx", &data[index]) == 1);
    }
    return length;
}

static void set_report_data(kettle_bundle *bundle, const char *hex) {
    uint8_t data[128];
    size_t length = unhex(hex, data);
    if (length > 0) {
        OK(kettle_bundle_set_report_data(bundle, data, length));
    }
}

// Where nobody expects a hash, the case has no such member.
static void set_hash(kettle_bundle *bundle, const cJSON *given, const char *name,
                     kettle_result (*set)(kettle_bundle *, const uint8_t *)) {
    uint8_t data[128];
    const char *hex = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(given, name));
    if (hex != NULL) {
        CHECK(unhex(hex, data) == 32);
        OK(set(bundle, data));
    }
}

static kettle_bundle *bundle_of(const cJSON *given) {
    const cJSON *files = member(given, "files"), *item;
    const char *kind = text(given, "kind");
    kettle_bundle *bundle = NULL;
    OK(kettle_bundle_new(kind, &bundle));
    struct bytes read = document(given, "evidence");
    OK(kettle_bundle_set_evidence(bundle, read.data, read.length));
    free(read.data);
    if (strcmp(kind, "bundle") == 0) {
        read = document(given, "provenance");
        OK(kettle_bundle_set_provenance(bundle, read.data, read.length));
        free(read.data);
        OK(kettle_bundle_set_artifacts_mode(bundle, text(given, "artifacts_mode")));
        add_artifacts(bundle, files);
        cJSON_ArrayForEach(item, member(given, "subjects")) {
            OK(kettle_bundle_add_subject(bundle, cJSON_GetStringValue(item)));
        }
    } else if (strcmp(kind, "attestable_build") == 0) {
        add_artifacts(bundle, files);
    } else if (strcmp(kind, "tee_compile") == 0) {
        set_hash(bundle, given, "input_hash", kettle_bundle_set_input_hash);
        set_hash(bundle, given, "output_hash", kettle_bundle_set_output_hash);
    } else {
        set_report_data(bundle, text(given, "report_data"));
    }
    cJSON_ArrayForEach(item, member(files, "certificates")) {
        read = read_file(vectors, cJSON_GetStringValue(item));
        OK(kettle_bundle_add_certificate(bundle, read.data, read.length));
        free(read.data);
    }
    cJSON_ArrayForEach(item, member(files, "crls")) {
        read = read_file(vectors, cJSON_GetStringValue(item));
        OK(kettle_bundle_add_crl(bundle, read.data, read.length));
        free(read.data);
    }
    return bundle;
}

static kettle_settings *settings_of(const cJSON *given) {
    const cJSON *files = member(given, "files");
    kettle_settings *settings = NULL;
    OK(kettle_settings_new(&settings));
    OK(kettle_settings_set_now(settings, text(given, "now")));
    if (*text(files, "policy") != '\0') {
        struct bytes policy = read_file(vectors, text(files, "policy"));
        OK(kettle_settings_set_policy(settings, policy.data, policy.length));
        free(policy.data);
    }
    if (*text(files, "trust_root") != '\0') {
        struct bytes roots = read_file(vectors, text(files, "trust_root"));
        OK(kettle_settings_set_trust_root(settings, roots.data, roots.length));
        free(roots.data);
    }
    return settings;
}

// What the library says to a case; the caller frees the text.
static char *answer_to(const cJSON *given) {
    kettle_bundle *bundle = bundle_of(given);
    kettle_settings *settings = settings_of(given);
    kettle_verdict *verdict = NULL;
    char *answer = NULL;
    kettle_result result = kettle_appraise(bundle, settings, &verdict);
    if (result == KETTLE_RESULT_OK) {
        answer = strdup(kettle_verdict_json(verdict));
    } else {
        CHECK(result == KETTLE_RESULT_POLICY || result == KETTLE_RESULT_TRUST_ROOT);
        const char *part = kettle_result_name(result), *location = kettle_error_location();
        size_t length = strlen(part) + strlen(location) + 2;
        answer = malloc(length);
        CHECK(answer != NULL);
        snprintf(answer, length, "%s %s", part, location);
    }
    CHECK(answer != NULL);
    kettle_verdict_free(verdict);
    kettle_settings_free(settings);
    kettle_bundle_free(bundle);
    return answer;
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    vectors = arguments[1];
    cJSON *index = parse("index.json");
    const cJSON *id;
    kettle_artifact *conformance = NULL;
    uint8_t sha256[32];
    uint64_t size;
    char path[4096], hex[65];
    OK(kettle_artifact_begin(&conformance));
    cJSON_ArrayForEach(id, member(index, "cases")) {
        snprintf(path, sizeof path, "cases/%s/case.json", cJSON_GetStringValue(id));
        cJSON *given = parse(path);
        char *answer = answer_to(given);
        hash((const uint8_t *)answer, strlen(answer), sha256, &size);
        to_hex(sha256, hex);
        printf("%s\t%s\n", cJSON_GetStringValue(id), hex);
        OK(kettle_artifact_update(conformance, (const uint8_t *)answer, strlen(answer)));
        OK(kettle_artifact_update(conformance, (const uint8_t *)"\n", 1));
        free(answer);
        cJSON_Delete(given);
    }
    cJSON_Delete(index);
    OK(kettle_artifact_end(&conformance, sha256, &size));
    to_hex(sha256, hex);
    printf("conformance %s\n", hex);
    // What the library says of itself is what it did.
    CHECK(strcmp(hex, kettle_conformance()) == 0);
    return 0;
}
