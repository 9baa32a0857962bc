// libkettle_verify: offline appraisal of attested builds.
//
// A call that can fail returns a `kettle_result`; `KETTLE_RESULT_OK` is not zero. After any other one
// `kettle_error_message()` says why, to the same thread. A null pointer where one to something is needed is
// `KETTLE_RESULT_NULL_ARGUMENT`, and never a crash; other invalid pointers can't be noticed. Texts that are
// given are UTF-8 (paths: the system's bytes) and end in a NUL; bytes have a length and are copied where
// they are kept. Where a call that makes a handle fails, the handle is null.
//
// Threads: a `kettle_verdict` never changes, so threads may share it and its texts. A `kettle_bundle` and
// `kettle_settings` may be shared for `kettle_appraise` as long as none changes them. All other calls on
// one handle are for one thread at a time. Different handles have nothing to do with each other.
//
// After `KETTLE_RESULT_PANIC` free the handles that the call was given, and use them for nothing else.
//
// This file is generated from verifier-ffi/src by `cargo xtask header`.


#ifndef KETTLE_VERIFY_H
#define KETTLE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
// The version that the caller is compiled with; `kettle_version()` is the one that is loaded.
#define KETTLE_VERIFY_VERSION_NUMBER                                                               \
    (KETTLE_VERIFY_VERSION_MAJOR * 1000000 + KETTLE_VERIFY_VERSION_MINOR * 1000 +                  \
     KETTLE_VERIFY_VERSION_PATCH)
#define KETTLE_VERIFY_TEXT_(x) #x
#define KETTLE_VERIFY_TEXT(x) KETTLE_VERIFY_TEXT_(x)
#define KETTLE_VERIFY_VERSION                                                                      \
    KETTLE_VERIFY_TEXT(KETTLE_VERIFY_VERSION_MAJOR)                                                \
    "." KETTLE_VERIFY_TEXT(KETTLE_VERIFY_VERSION_MINOR) "." KETTLE_VERIFY_TEXT(                    \
        KETTLE_VERIFY_VERSION_PATCH)


// The major version.
#define KETTLE_VERIFY_VERSION_MAJOR 0

// The minor version.
#define KETTLE_VERIFY_VERSION_MINOR 1

// The patch version.
#define KETTLE_VERIFY_VERSION_PATCH 0

// What became of a call. A code never changes its meaning, and the number of one that is given up is not
// given to another. Success is not zero, so that cleared memory does not read as it.
enum kettle_result
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // It was done.
  KETTLE_RESULT_OK = 1000,
  // A pointer that must not be null is null.
  KETTLE_RESULT_NULL_ARGUMENT = 1001,
  // A text is not UTF-8.
  KETTLE_RESULT_NOT_UTF8 = 1002,
  // A number or a word that is none of those that the call takes.
  KETTLE_RESULT_INVALID_ARGUMENT = 1003,
  // The library has a mistake: it panicked. Free the handles that the call was given, and report it.
  KETTLE_RESULT_PANIC = 1004,
  // The machine's clock says a time that is no time of appraisal.
  KETTLE_RESULT_CLOCK = 1005,
  // A file, folder or archive can't be read. The message says which, where and why.
  KETTLE_RESULT_UNREADABLE = 1100,
  // The policy is refused.
  KETTLE_RESULT_POLICY = 1200,
  // The trust-root file is refused.
  KETTLE_RESULT_TRUST_ROOT = 1201,
  // A key that signs policies is refused, or one is missing.
  KETTLE_RESULT_POLICY_KEY = 1202,
  // The time of appraisal is refused, or nobody said it.
  KETTLE_RESULT_NOW = 1203,
  // The demanded nonce is refused.
  KETTLE_RESULT_NONCE = 1204,
  // The demanded source is refused.
  KETTLE_RESULT_SOURCE = 1205,
  // A document of the request is refused.
  KETTLE_RESULT_DOCUMENT = 1206,
  // Something was set that has no meaning for what is appraised.
  KETTLE_RESULT_NOT_APPLICABLE = 1207,
  // The request is refused for a reason that this version of the header has no code for.
  KETTLE_RESULT_REQUEST = 1299,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum kettle_result kettle_result;
#else
typedef uint32_t kettle_result;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The outcome of an appraisal. The numbers never change.
enum kettle_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // There is no verdict.
  KETTLE_OUTCOME_NONE = 0,
  // All that the policy demands holds, an artifact was checked, the measurement is a named one.
  KETTLE_OUTCOME_VERIFIED = 2000,
  // Genuine hardware and intact bindings, but nobody has said which machine image to trust, or no artifact was given.
  KETTLE_OUTCOME_UNPINNED = 2004,
  // Some check failed.
  KETTLE_OUTCOME_FAILED = 2001,
  // It cannot be decided with what was given.
  KETTLE_OUTCOME_INCONCLUSIVE = 2003,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum kettle_outcome kettle_outcome;
#else
typedef uint32_t kettle_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// An artifact that is being hashed. One thread at a time may use it.
typedef struct kettle_artifact kettle_artifact;

// What is appraised.
typedef struct kettle_bundle kettle_bundle;

// One check of a verdict.
typedef struct kettle_check kettle_check;

// What an appraisal is made under.
typedef struct kettle_settings kettle_settings;

// A verdict. It never changes, so threads may share it.
typedef struct kettle_verdict kettle_verdict;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Appraises a bundle under settings. `KETTLE_RESULT_OK` means that there is a verdict, and not that it
// is a good one: ask `kettle_verdict_outcome`. Whatever is wrong with the evidence is said by the verdict;
// another result is a mistake in the settings or in how the bundle was put together.
//
// Threads may share the bundle and the settings for this call, as long as none changes them.
//
// # Safety
// `verdict` takes a pointer; no other thread changes the bundle or the settings.
kettle_result kettle_appraise(const kettle_bundle *bundle,
                              const kettle_settings *settings,
                              kettle_verdict **verdict);

// As `kettle_appraise`, with both as documents: `schema/bundle.v1.json` and `schema/settings.v1.json`.
//
// # Safety
// The bytes can be read; `verdict` takes a pointer.
kettle_result kettle_appraise_json(const uint8_t *bundle,
                                   size_t bundle_length,
                                   const uint8_t *settings,
                                   size_t settings_length,
                                   kettle_verdict **verdict);

// Begins to hash an artifact; memory stays flat however large it is.
//
// # Safety
// `artifact` takes a pointer.
kettle_result kettle_artifact_begin(kettle_artifact **artifact);

// Takes the next bytes of an artifact.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_artifact_update(kettle_artifact *artifact, const uint8_t *data, size_t length);

// Ends an artifact: its SHA-256 (32 bytes) and its size in bytes. Frees and clears the handle, and
// that also where it fails for another null pointer.
//
// # Safety
// `artifact` points to a handle that no other thread uses; `sha256` takes 32 bytes, `size` a number.
kettle_result kettle_artifact_end(kettle_artifact **artifact,
                                  uint8_t *sha256,
                                  uint64_t *size);

// Gives up an artifact that was not ended. Null is taken and nothing is done.
//
// # Safety
// `artifact` is null or a handle that was not freed.
void kettle_artifact_free(kettle_artifact *artifact);

// Something to be appraised that holds nothing yet. `kind` is a kind of `schema/bundle.v1.json`, such as
// `bundle` (provenance, evidence and artifacts) or `evidence` (hardware evidence alone).
//
// # Safety
// `kind` is a text; `bundle` takes a pointer.
kettle_result kettle_bundle_new(const char *kind,
                                kettle_bundle **bundle);

// Reads a bundle from a folder or an archive, and hashes its artifacts. All of it is taken for hostile:
// nothing is written, no link inside is followed, every size is bounded.
//
// # Safety
// `path` is a text; `bundle` takes a pointer.
kettle_result kettle_bundle_read(const char *path,
                                 kettle_bundle **bundle);

// As `kettle_bundle_read`, without its artifacts: they are somewhere else, and `kettle_bundle_add_artifact`
// names them after `kettle_bundle_set_artifacts_mode`; or nobody has them.
//
// # Safety
// `path` is a text; `bundle` takes a pointer.
kettle_result kettle_bundle_read_documents(const char *path,
                                           kettle_bundle **bundle);

// Reads what is appraised from a document of `schema/bundle.v1.json`.
//
// # Safety
// `length` bytes can be read from `json`; `bundle` takes a pointer.
kettle_result kettle_bundle_from_json(const uint8_t *json, size_t length, kettle_bundle **bundle);

// Frees it. Null is taken and nothing is done.
//
// # Safety
// `bundle` is null or a handle that was not freed.
void kettle_bundle_free(kettle_bundle *bundle);

// The bytes of `provenance.json`, exactly as they lie in the file. They are copied.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_bundle_set_provenance(kettle_bundle *bundle,
                                           const uint8_t *data,
                                           size_t length);

// The bytes of `evidence.json`, or of another system's document. They are copied.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_bundle_set_evidence(kettle_bundle *bundle, const uint8_t *data, size_t length);

// Adds a file of collateral, whose content says what it is: a certificate or a revocation list in DER,
// several of them in PEM, or a vendor's collateral as JSON. What can't be read is refused at once.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_bundle_add_collateral(kettle_bundle *bundle,
                                           const uint8_t *data,
                                           size_t length);

// Adds an endorsement certificate beside the bundle, as DER. It is not looked at before the appraisal.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_bundle_add_certificate(kettle_bundle *bundle,
                                            const uint8_t *data,
                                            size_t length);

// Adds a certificate revocation list beside the bundle, as DER. It is not looked at before the appraisal.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_bundle_add_crl(kettle_bundle *bundle,
                                    const uint8_t *data,
                                    size_t length);

// How the artifacts are given: `folder` (every subject must be there under its name; the default),
// `loose` (each must equal some subject) or `without` (nobody gave artifacts).
//
// # Safety
// `mode` is a text; no other thread uses the handle.
kettle_result kettle_bundle_set_artifacts_mode(kettle_bundle *bundle, const char *mode);

// Adds an artifact that was hashed: its path below the artifact folder with `/` between its parts, or
// the loose file's name; its SHA-256 (32 bytes) and its size in bytes.
//
// # Safety
// `name` is a text, and 32 bytes can be read from `sha256`; no other thread uses the handle.
kettle_result kettle_bundle_add_artifact(kettle_bundle *bundle,
                                         const char *name,
                                         const uint8_t *sha256,
                                         uint64_t size);

// Asks for a subject by its name. Without any, all of them are asked for.
//
// # Safety
// `name` is a text; no other thread uses the handle.
kettle_result kettle_bundle_add_subject(kettle_bundle *bundle, const char *name);

// The report data that is expected of hardware evidence alone, without padding. It is never empty, and
// what no report can carry fails the appraisal.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_bundle_set_report_data(kettle_bundle *bundle,
                                            const uint8_t *data,
                                            size_t length);

// The root over the inputs that is expected (32 bytes), for the kinds that have one.
//
// # Safety
// 32 bytes can be read from `hash`; no other thread uses the handle.
kettle_result kettle_bundle_set_input_hash(kettle_bundle *bundle, const uint8_t *hash);

// The root over the outputs that is expected (32 bytes), for the kinds that have one.
//
// # Safety
// 32 bytes can be read from `hash`; no other thread uses the handle.
kettle_result kettle_bundle_set_output_hash(kettle_bundle *bundle, const uint8_t *hash);

// What was wrong with the last call of this thread that returns a `kettle_result`; empty where it was
// done. The text is UTF-8, ends in a NUL and lasts until this thread's next such call.
const char *kettle_error_message(void);

// Where it was wrong: a JSON pointer, `line L column C`, a field; empty where it is the whole. As
// `kettle_error_message` otherwise.
const char *kettle_error_location(void);

// A result in one word, such as `policy`; `unknown` where no result has this number. The text lasts
// for ever.
const char *kettle_result_name(uint32_t result);

// Settings that say nothing yet: the built-in policy, the pinned roots, and no time of appraisal, which
// has to be said.
//
// # Safety
// `settings` takes a pointer.
kettle_result kettle_settings_new(kettle_settings **settings);

// Frees them. Null is taken and nothing is done.
//
// # Safety
// `settings` is null or a handle that was not freed.
void kettle_settings_free(kettle_settings *settings);

// The time of appraisal, RFC 3339, such as `2026-03-05T08:00:00Z`.
//
// # Safety
// `now` is a text; no other thread uses the handle.
kettle_result kettle_settings_set_now(kettle_settings *settings, const char *now);

// The time of appraisal is what this machine's clock says at this call. Say it again before a later
// appraisal with the same settings.
//
// # Safety
// No other thread uses the handle.
kettle_result kettle_settings_set_now_from_clock(kettle_settings *settings);

// The bytes of a policy document, or of one in a signed envelope. They are copied.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_settings_set_policy(kettle_settings *settings,
                                         const uint8_t *data,
                                         size_t length);

// As `kettle_settings_set_policy`, from a file.
//
// # Safety
// `file` is a text; no other thread uses the handle.
kettle_result kettle_settings_read_policy(kettle_settings *settings, const char *file);

// Adds a key of which one must have signed the policy: the DER of a public key (SubjectPublicKeyInfo).
// Given any, an unsigned policy is refused.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_settings_add_policy_key(kettle_settings *settings,
                                             const uint8_t *data,
                                             size_t length);

// As `kettle_settings_add_policy_key`, from a file in DER or PEM.
//
// # Safety
// `file` is a text; no other thread uses the handle.
kettle_result kettle_settings_read_policy_key(kettle_settings *settings, const char *file);

// The lowest version that a signed policy may have.
//
// # Safety
// No other thread uses the handle.
kettle_result kettle_settings_set_policy_minimum_version(kettle_settings *settings,
                                                         uint64_t version);

// The bytes of a trust-root file, beside or instead of the pinned roots. They are copied.
//
// # Safety
// `length` bytes can be read from `data`; no other thread uses the handle.
kettle_result kettle_settings_set_trust_root(kettle_settings *settings,
                                             const uint8_t *data,
                                             size_t length);

// As `kettle_settings_set_trust_root`, from a file.
//
// # Safety
// `file` is a text; no other thread uses the handle.
kettle_result kettle_settings_read_trust_root(kettle_settings *settings, const char *file);

// The demanded nonce, 32 characters of lower-case hex.
//
// # Safety
// `nonce` is a text; no other thread uses the handle.
kettle_result kettle_settings_set_nonce(kettle_settings *settings, const char *nonce);

// The demanded source, `URI` or `URI@COMMIT`.
//
// # Safety
// `source` is a text; no other thread uses the handle.
kettle_result kettle_settings_set_source(kettle_settings *settings, const char *source);

// Takes debug guests. Their memory is open to the host.
//
// # Safety
// No other thread uses the handle.
kettle_result kettle_settings_set_insecure_allow_debug(kettle_settings *settings, bool allow);

// The outcome; `KETTLE_OUTCOME_NONE` for a null pointer.
kettle_outcome kettle_verdict_outcome(const kettle_verdict *verdict);

// The outcome as one word, as the JSON spells it; empty for a null pointer.
const char *kettle_verdict_outcome_name(const kettle_verdict *verdict);

// The exit code of the command line for the outcome; 2 for a null pointer.
uint8_t kettle_verdict_exit_code(const kettle_verdict *verdict);

// The outcome as one sentence for a person; empty for a null pointer.
const char *kettle_verdict_sentence(const kettle_verdict *verdict);

// The whole verdict as JSON on one line (`schema/verdict.v1.json`), the same bytes as in every language;
// empty for a null pointer.
const char *kettle_verdict_json(const kettle_verdict *verdict);

// How many checks the verdict has; 0 for a null pointer.
size_t kettle_verdict_check_count(const kettle_verdict *verdict);

// The check at a position, in pipeline order; null where there is none. It lasts as long as the verdict.
const kettle_check *kettle_verdict_check(const kettle_verdict *verdict,
                                         size_t position);

// Frees the verdict with its checks and texts. Null is taken and nothing is done.
//
// # Safety
// `verdict` is null or a handle that was not freed.
void kettle_verdict_free(kettle_verdict *verdict);

// The stable dotted id of the check. Empty for a null pointer.
const char *kettle_check_id(const kettle_check *check);

// The stage of the pipeline. Empty for a null pointer.
const char *kettle_check_stage(const kettle_check *check);

// What became of the check, as the JSON spells it. Empty for a null pointer.
const char *kettle_check_status(const kettle_check *check);

// What is checked, as a statement that holds where the check passes. Empty for a null pointer.
const char *kettle_check_title(const kettle_check *check);

// What was expected; empty where the check was not reached. Empty for a null pointer.
const char *kettle_check_expected(const kettle_check *check);

// What was found; empty where the check was not reached. Empty for a null pointer.
const char *kettle_check_found(const kettle_check *check);

// Where: a JSON pointer or a byte range. Empty for a null pointer.
const char *kettle_check_location(const kettle_check *check);

// Whose word the found value is. Empty for a null pointer.
const char *kettle_check_authority(const kettle_check *check);

// The clause of the specification. Empty for a null pointer.
const char *kettle_check_clause(const kettle_check *check);

// How to mend it; empty where the check passed. Empty for a null pointer.
const char *kettle_check_mend(const kettle_check *check);

// The version of the library that is loaded, such as `0.1.0`. `KETTLE_VERIFY_VERSION` is the one that
// the caller was compiled with. The text lasts for ever.
const char *kettle_version(void);

// The same as a number: major * 1000000 + minor * 1000 + patch, as `KETTLE_VERIFY_VERSION_NUMBER`.
uint32_t kettle_version_number(void);

// The conformance hash, 64 characters of hex: SHA-256 over what the library says to the project's test
// corpus. Two packages with the same one, in whatever languages, give the same verdicts. The text lasts
// for ever.
const char *kettle_conformance(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* KETTLE_VERIFY_H */
