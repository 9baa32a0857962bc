// The C interface as C sees it: codes, null pointers, pieces, texts, threads, panics.
// Usage: interface TESTVECTORS

#include <pthread.h>

#include "check.h"

static const char *vectors;

static void versions(void) {
    CHECK(strcmp(kettle_version(), KETTLE_VERIFY_VERSION) == 0);
    CHECK(kettle_version_number() == KETTLE_VERIFY_VERSION_NUMBER);
    unsigned major, minor, patch;
    CHECK(sscanf(kettle_version(), "%u.%u.%u", &major, &minor, &patch) == 3);
    CHECK(major == KETTLE_VERIFY_VERSION_MAJOR && minor == KETTLE_VERIFY_VERSION_MINOR);
    CHECK(patch == KETTLE_VERIFY_VERSION_PATCH);
}

static void codes(void) {
    static const struct {
        kettle_result code;
        uint32_t number;
        const char *name;
    } published[] = {
        {KETTLE_RESULT_OK, 1000, "ok"},
        {KETTLE_RESULT_NULL_ARGUMENT, 1001, "null_argument"},
        {KETTLE_RESULT_NOT_UTF8, 1002, "not_utf8"},
        {KETTLE_RESULT_INVALID_ARGUMENT, 1003, "invalid_argument"},
        {KETTLE_RESULT_PANIC, 1004, "panic"},
        {KETTLE_RESULT_CLOCK, 1005, "clock"},
        {KETTLE_RESULT_UNREADABLE, 1100, "unreadable"},
        {KETTLE_RESULT_POLICY, 1200, "policy"},
        {KETTLE_RESULT_TRUST_ROOT, 1201, "trust_root"},
        {KETTLE_RESULT_POLICY_KEY, 1202, "policy_key"},
        {KETTLE_RESULT_NOW, 1203, "now"},
        {KETTLE_RESULT_NONCE, 1204, "nonce"},
        {KETTLE_RESULT_SOURCE, 1205, "source"},
        {KETTLE_RESULT_DOCUMENT, 1206, "document"},
        {KETTLE_RESULT_NOT_APPLICABLE, 1207, "not_applicable"},
        {KETTLE_RESULT_REQUEST, 1299, "request"},
    };
    for (size_t index = 0; index < sizeof published / sizeof *published; index++) {
        CHECK((uint32_t)published[index].code == published[index].number);
        CHECK(strcmp(kettle_result_name(published[index].number), published[index].name) == 0);
    }
    CHECK(strcmp(kettle_result_name(0), "unknown") == 0);
    CHECK(KETTLE_OUTCOME_NONE == 0 && KETTLE_OUTCOME_VERIFIED == 2000 && KETTLE_OUTCOME_FAILED == 2001);
    CHECK(KETTLE_OUTCOME_INCONCLUSIVE == 2003 && KETTLE_OUTCOME_UNPINNED == 2004);
}

#define IS_NULL(call) CHECK((call) == KETTLE_RESULT_NULL_ARGUMENT && *kettle_error_message() != '\0')

static void null_pointers(void) {
    kettle_bundle *bundle = NULL;
    kettle_settings *settings = NULL;
    kettle_verdict *verdict = NULL;
    kettle_artifact *artifact = NULL;
    uint8_t sha256[32];
    uint64_t size;
    OK(kettle_bundle_new("bundle", &bundle));
    OK(kettle_settings_new(&settings));

    IS_NULL(kettle_bundle_new(NULL, (kettle_bundle *[1]){NULL}));
    IS_NULL(kettle_bundle_new("bundle", NULL));
    IS_NULL(kettle_bundle_read("x", NULL));
    IS_NULL(kettle_bundle_read_documents(NULL, (kettle_bundle *[1]){NULL}));
    IS_NULL(kettle_bundle_from_json(NULL, 1, (kettle_bundle *[1]){NULL}));
    IS_NULL(kettle_bundle_set_provenance(NULL, sha256, 0));
    IS_NULL(kettle_bundle_set_provenance(bundle, NULL, 1));
    IS_NULL(kettle_bundle_set_evidence(bundle, NULL, 1));
    IS_NULL(kettle_bundle_set_artifacts_mode(bundle, NULL));
    IS_NULL(kettle_bundle_add_artifact(bundle, "x", NULL, 0));
    IS_NULL(kettle_bundle_add_artifact(bundle, NULL, sha256, 0));
    IS_NULL(kettle_bundle_add_subject(bundle, NULL));
    IS_NULL(kettle_bundle_add_certificate(bundle, NULL, 1));
    IS_NULL(kettle_bundle_add_crl(NULL, NULL, 0));
    IS_NULL(kettle_bundle_add_collateral(NULL, NULL, 0));
    IS_NULL(kettle_bundle_set_report_data(bundle, NULL, 1));
    IS_NULL(kettle_bundle_set_input_hash(bundle, NULL));
    IS_NULL(kettle_bundle_set_output_hash(bundle, NULL));
    IS_NULL(kettle_settings_new(NULL));
    IS_NULL(kettle_settings_set_now(settings, NULL));
    IS_NULL(kettle_settings_set_now_from_clock(NULL));
    IS_NULL(kettle_settings_set_policy(settings, NULL, 1));
    IS_NULL(kettle_settings_read_policy(settings, NULL));
    IS_NULL(kettle_settings_add_policy_key(settings, NULL, 1));
    IS_NULL(kettle_settings_read_policy_key(settings, NULL));
    IS_NULL(kettle_settings_set_policy_minimum_version(NULL, 1));
    IS_NULL(kettle_settings_set_trust_root(settings, NULL, 1));
    IS_NULL(kettle_settings_read_trust_root(NULL, "x"));
    IS_NULL(kettle_settings_set_nonce(settings, NULL));
    IS_NULL(kettle_settings_set_source(settings, NULL));
    IS_NULL(kettle_settings_set_insecure_allow_debug(NULL, true));
    IS_NULL(kettle_appraise(NULL, settings, &verdict));
    IS_NULL(kettle_appraise(bundle, NULL, &verdict));
    IS_NULL(kettle_appraise(bundle, settings, NULL));
    IS_NULL(kettle_appraise_json(NULL, 1, NULL, 1, &verdict));
    IS_NULL(kettle_artifact_begin(NULL));
    IS_NULL(kettle_artifact_update(NULL, NULL, 0));
    IS_NULL(kettle_artifact_end(NULL, sha256, &size));
    IS_NULL(kettle_artifact_end(&artifact, sha256, &size));
    OK(kettle_artifact_begin(&artifact));
    IS_NULL(kettle_artifact_update(artifact, NULL, 1));
    IS_NULL(kettle_artifact_end(&artifact, NULL, &size));
    CHECK(artifact == NULL);

    CHECK(kettle_verdict_outcome(NULL) == KETTLE_OUTCOME_NONE);
    CHECK(kettle_verdict_exit_code(NULL) == 2 && kettle_verdict_check_count(NULL) == 0);
    CHECK(*kettle_verdict_sentence(NULL) == '\0' && *kettle_verdict_json(NULL) == '\0');
    CHECK(*kettle_verdict_outcome_name(NULL) == '\0' && kettle_verdict_check(NULL, 0) == NULL);
    CHECK(*kettle_check_id(NULL) == '\0' && *kettle_check_mend(NULL) == '\0');
    kettle_bundle_free(NULL);
    kettle_settings_free(NULL);
    kettle_verdict_free(NULL);
    kettle_artifact_free(NULL);
    OK(kettle_artifact_begin(&artifact));
    kettle_artifact_free(artifact);
    kettle_bundle_free(bundle);
    kettle_settings_free(settings);
}

static void pieces(void) {
    uint8_t sha256[32];
    uint64_t size = 0;
    char hex[65];
    hash((const uint8_t *)"abc", 3, sha256, &size);
    to_hex(sha256, hex);
    // FIPS 180-4's example.
    CHECK(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
    CHECK(size == 3);
    hash(NULL, 0, sha256, &size);
    to_hex(sha256, hex);
    CHECK(strcmp(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == 0);
    CHECK(size == 0);
}

// Settings that accept the sound bundle of the corpus.
static kettle_settings *sound_settings(void) {
    char path[4096];
    kettle_settings *settings = NULL;
    OK(kettle_settings_new(&settings));
    OK(kettle_settings_set_now(settings, "2026-06-01T00:00:00Z"));
    snprintf(path, sizeof path, "%s/policies/pinned.json", vectors);
    OK(kettle_settings_read_policy(settings, path));
    snprintf(path, sizeof path, "%s/trust-root.json", vectors);
    OK(kettle_settings_read_trust_root(settings, path));
    return settings;
}

static kettle_bundle *sound_bundle(void) {
    char path[4096];
    kettle_bundle *bundle = NULL;
    snprintf(path, sizeof path, "%s/cases/az-snp/ok-milan", vectors);
    OK(kettle_bundle_read(path, &bundle));
    return bundle;
}

// The same bundle, piece by piece; its artifact has one byte more where `damaged`.
static kettle_bundle *sound_pieces(int damaged) {
    kettle_bundle *bundle = NULL;
    OK(kettle_bundle_new("bundle", &bundle));
    struct bytes provenance = read_file(vectors, "cases/az-snp/ok-milan/provenance.json");
    struct bytes evidence = read_file(vectors, "cases/az-snp/ok-milan/evidence.json");
    struct bytes hello = read_file(vectors, "cases/az-snp/ok-milan/artifacts/hello");
    OK(kettle_bundle_set_provenance(bundle, provenance.data, provenance.length));
    OK(kettle_bundle_set_evidence(bundle, evidence.data, evidence.length));
    uint8_t sha256[32];
    uint64_t size;
    hash(hello.data, hello.length + (damaged ? 1 : 0), sha256, &size);
    OK(kettle_bundle_add_artifact(bundle, "hello", sha256, size));
    free(provenance.data);
    free(evidence.data);
    free(hello.data);
    return bundle;
}

static void verdicts(void) {
    kettle_settings *settings = sound_settings();
    kettle_bundle *bundle = sound_bundle();
    kettle_verdict *verdict = NULL;
    OK(kettle_appraise(bundle, settings, &verdict));
    CHECK(*kettle_error_message() == '\0');
    CHECK(kettle_verdict_outcome(verdict) == KETTLE_OUTCOME_VERIFIED);
    CHECK(kettle_verdict_exit_code(verdict) == 0 && *kettle_verdict_sentence(verdict) != '\0');
    CHECK(strstr(kettle_verdict_json(verdict), "\"outcome\":\"verified\"") != NULL);
    CHECK(strcmp(kettle_verdict_outcome_name(verdict), "verified") == 0);
    size_t count = kettle_verdict_check_count(verdict);
    CHECK(count > 20 && kettle_verdict_check(verdict, count) == NULL);
    for (size_t index = 0; index < count; index++) {
        const kettle_check *check = kettle_verdict_check(verdict, index);
        char shown[256];
        snprintf(shown, sizeof shown, "{\"id\":\"%s\",\"stage\":\"%s\",\"status\":\"%s\",", kettle_check_id(check),
                 kettle_check_stage(check), kettle_check_status(check));
        CHECK(strstr(kettle_verdict_json(verdict), shown) != NULL);
        CHECK(*kettle_check_title(check) != '\0' && *kettle_check_clause(check) != '\0');
        CHECK(strcmp(kettle_check_status(check), "pass") == 0 && *kettle_check_authority(check) != '\0');
        CHECK(kettle_check_expected(check) != NULL && kettle_check_found(check) != NULL);
        CHECK(kettle_check_location(check) != NULL && *kettle_check_mend(check) == '\0');
    }
    kettle_bundle_free(bundle);

    kettle_verdict *again = NULL;
    bundle = sound_pieces(0);
    OK(kettle_appraise(bundle, settings, &again));
    CHECK(strcmp(kettle_verdict_json(verdict), kettle_verdict_json(again)) == 0);
    kettle_verdict_free(again);
    kettle_bundle_free(bundle);

    bundle = sound_pieces(1);
    OK(kettle_appraise(bundle, settings, &again));
    CHECK(kettle_verdict_outcome(again) == KETTLE_OUTCOME_FAILED && kettle_verdict_exit_code(again) == 1);
    kettle_verdict_free(again);
    kettle_bundle_free(bundle);

    // A verdict outlives what it was made from.
    kettle_settings_free(settings);
    CHECK(*kettle_verdict_sentence(verdict) != '\0');
    kettle_verdict_free(verdict);
}

// The settings are refused with this code, and there is no verdict.
static void refused(kettle_settings *settings, kettle_bundle *bundle, kettle_result code) {
    kettle_verdict *verdict = (kettle_verdict *)&code;
    CHECK(kettle_appraise(bundle, settings, &verdict) == code);
    CHECK(verdict == NULL && *kettle_error_message() != '\0');
    kettle_settings_free(settings);
}

#define REFUSED(code, change)                             \
    do {                                                  \
        kettle_settings *settings = sound_settings();     \
        OK(change);                                       \
        refused(settings, bundle, code);                  \
    } while (0)

static void refusals(void) {
    kettle_bundle *bundle = sound_bundle();
    const uint8_t *brace = (const uint8_t *)"{";
    REFUSED(KETTLE_RESULT_NOW, kettle_settings_set_now(settings, "today"));
    REFUSED(KETTLE_RESULT_POLICY, kettle_settings_set_policy(settings, brace, 1));
    REFUSED(KETTLE_RESULT_POLICY, kettle_settings_set_policy(settings, NULL, 0));
    REFUSED(KETTLE_RESULT_TRUST_ROOT, kettle_settings_set_trust_root(settings, brace, 1));
    REFUSED(KETTLE_RESULT_POLICY_KEY, kettle_settings_add_policy_key(settings, brace, 1));
    REFUSED(KETTLE_RESULT_POLICY_KEY, kettle_settings_set_policy_minimum_version(settings, 1));
    REFUSED(KETTLE_RESULT_NONCE, kettle_settings_set_nonce(settings, "00"));
    REFUSED(KETTLE_RESULT_SOURCE, kettle_settings_set_source(settings, "@"));
    kettle_settings *without_time = NULL;
    OK(kettle_settings_new(&without_time));
    refused(without_time, bundle, KETTLE_RESULT_NOW);
    OK(kettle_bundle_set_report_data(bundle, brace, 1));
    refused(sound_settings(), bundle, KETTLE_RESULT_NOT_APPLICABLE);
    kettle_bundle_free(bundle);

    kettle_verdict *verdict = NULL;
    CHECK(kettle_appraise_json(brace, 1, brace, 1, &verdict) == KETTLE_RESULT_DOCUMENT && verdict == NULL);
    CHECK(*kettle_error_location() != '\0');
    bundle = (kettle_bundle *)&verdict;
    CHECK(kettle_bundle_from_json(brace, 1, &bundle) == KETTLE_RESULT_DOCUMENT && bundle == NULL);
    CHECK(kettle_bundle_new("nonsense", &bundle) == KETTLE_RESULT_INVALID_ARGUMENT && bundle == NULL);
    CHECK(kettle_bundle_new("\xff", &bundle) == KETTLE_RESULT_NOT_UTF8);
    CHECK(kettle_bundle_read("/nonexistent/\xff", &bundle) == KETTLE_RESULT_UNREADABLE);
    CHECK(strstr(kettle_error_message(), "nonexistent") != NULL);
    OK(kettle_bundle_new("evidence", &bundle));
    CHECK(kettle_bundle_set_report_data(bundle, brace, 0) == KETTLE_RESULT_INVALID_ARGUMENT);
    CHECK(kettle_bundle_set_artifacts_mode(bundle, "heap") == KETTLE_RESULT_INVALID_ARGUMENT);
    CHECK(kettle_bundle_add_collateral(bundle, brace, 1) == KETTLE_RESULT_UNREADABLE);
    CHECK(kettle_bundle_set_evidence(bundle, brace, SIZE_MAX) == KETTLE_RESULT_INVALID_ARGUMENT);
    kettle_bundle_free(bundle);
}

static void documents(void) {
    static const char bundle[] = "{\"schema\":\"kettle-bundle/v1\",\"kind\":\"evidence\",\"evidence\":\"7b7d\"}";
    static const char settings[] = "{\"schema\":\"kettle-settings/v1\",\"now\":\"2026-06-01T00:00:00Z\"}";
    kettle_verdict *verdict = NULL, *again = NULL;
    OK(kettle_appraise_json((const uint8_t *)bundle, sizeof bundle - 1, (const uint8_t *)settings,
                            sizeof settings - 1, &verdict));
    CHECK(kettle_verdict_outcome(verdict) == KETTLE_OUTCOME_FAILED);
    kettle_bundle *read = NULL;
    kettle_settings *same = NULL;
    OK(kettle_bundle_from_json((const uint8_t *)bundle, sizeof bundle - 1, &read));
    OK(kettle_settings_new(&same));
    OK(kettle_settings_set_now(same, "2026-06-01T00:00:00Z"));
    OK(kettle_appraise(read, same, &again));
    CHECK(strcmp(kettle_verdict_json(verdict), kettle_verdict_json(again)) == 0);
    OK(kettle_settings_set_now_from_clock(same));
    kettle_bundle_free(read);
    kettle_settings_free(same);
    kettle_verdict_free(verdict);
    kettle_verdict_free(again);
}

struct shared {
    const kettle_bundle *bundle;
    const kettle_settings *settings;
    const kettle_verdict *verdict;
};

static void *appraise_in_thread(void *argument) {
    const struct shared *shared = argument;
    CHECK(*kettle_error_message() == '\0');
    for (int round = 0; round < 2; round++) {
        kettle_verdict *verdict = NULL;
        OK(kettle_appraise(shared->bundle, shared->settings, &verdict));
        CHECK(strcmp(kettle_verdict_json(verdict), kettle_verdict_json(shared->verdict)) == 0);
        kettle_verdict_free(verdict);
    }
    return NULL;
}

static void threads(void) {
    kettle_bundle *bundle = sound_bundle();
    kettle_settings *settings = sound_settings();
    kettle_verdict *verdict = NULL;
    OK(kettle_appraise(bundle, settings, &verdict));
    struct shared shared = {bundle, settings, verdict};
    pthread_t running[8];
    CHECK(kettle_bundle_new("nonsense", &bundle) == KETTLE_RESULT_INVALID_ARGUMENT);
    for (int index = 0; index < 8; index++) {
        CHECK(pthread_create(&running[index], NULL, appraise_in_thread, &shared) == 0);
    }
    for (int index = 0; index < 8; index++) {
        CHECK(pthread_join(running[index], NULL) == 0);
    }
    // The words of this thread's failure are still its own.
    CHECK(strstr(kettle_error_message(), "nonsense") != NULL);
    kettle_bundle_free((kettle_bundle *)shared.bundle);
    kettle_settings_free(settings);
    kettle_verdict_free(verdict);
}

#ifdef KETTLE_PROBE
kettle_result kettle_probe_panic(void);

static void panics(void) {
    CHECK(kettle_probe_panic() == KETTLE_RESULT_PANIC);
    CHECK(strstr(kettle_error_message(), "mistake") != NULL);
    versions();
}
#endif

int main(int count, char **arguments) {
    CHECK(count == 2);
    vectors = arguments[1];
    versions();
    codes();
    null_pointers();
    pieces();
    verdicts();
    refusals();
    documents();
    threads();
#ifdef KETTLE_PROBE
    panics();
#endif
    puts("interface: all is as the header says");
    return 0;
}
