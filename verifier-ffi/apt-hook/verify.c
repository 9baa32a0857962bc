// What the library says to a package: its bytes are hashed once, and compared with each of its bundles.

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "hook.h"
#include "kettle_verify.h"

// Bundles of one package: several versions, several builders.
enum { BUNDLES = 256, PATH_BYTES = 4096 };

struct digest {
    const char *name;
    uint8_t sha256[32];
    uint64_t size;
};

static int done(kettle_result result, const char *what) {
    if (result == KETTLE_RESULT_OK) {
        return 1;
    }
    complain("%s: %s", what, kettle_error_message());
    return 0;
}

static int hash_file(const char *path, struct digest *digest) {
    uint8_t piece[1 << 16];
    size_t length;
    kettle_artifact *artifact = NULL;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 0;
    }
    int good = done(kettle_artifact_begin(&artifact), path);
    while (good && (length = fread(piece, 1, sizeof piece, file)) > 0) {
        good = done(kettle_artifact_update(artifact, piece, length), path);
    }
    if (ferror(file)) {
        perror(path);
        good = 0;
    }
    fclose(file);
    if (!good) {
        kettle_artifact_free(artifact);
        return 0;
    }
    const char *slash = strrchr(path, '/');
    digest->name = slash == NULL ? path : slash + 1;
    return done(kettle_artifact_end(&artifact, digest->sha256, &digest->size), path);
}

static int settings_of(const struct configuration *configuration, kettle_settings **settings) {
    const struct configuration *given = configuration;
    if (!done(kettle_settings_new(settings), "settings")) {
        return 0;
    }
    kettle_settings *into = *settings;
    return (given->at == NULL ? done(kettle_settings_set_now_from_clock(into), "the clock")
                              : done(kettle_settings_set_now(into, given->at), "Kettle::At")) &&
           (given->policy == NULL || done(kettle_settings_read_policy(into, given->policy), "Kettle::Policy")) &&
           (given->policy_key == NULL ||
            done(kettle_settings_read_policy_key(into, given->policy_key), "Kettle::Policy-Key")) &&
           (given->trust_root == NULL ||
            done(kettle_settings_read_trust_root(into, given->trust_root), "Kettle::Trust-Root"));
}

// Whether a verdict is accepted: the good one is, and those that Kettle::Accept names. A failure never is.
static int accepted(const struct configuration *configuration, const kettle_verdict *verdict) {
    if (kettle_verdict_outcome(verdict) == KETTLE_OUTCOME_VERIFIED) {
        return 1;
    }
    if (configuration->accept == NULL || kettle_verdict_outcome(verdict) == KETTLE_OUTCOME_FAILED) {
        return 0;
    }
    const char *name = kettle_verdict_outcome_name(verdict), *words = configuration->accept;
    while (*words != '\0') {
        size_t length = strcspn(words, " ,");
        if (length == strlen(name) && strncmp(words, name, length) == 0) {
            return 1;
        }
        words += length + (words[length] != '\0');
    }
    return 0;
}

// One bundle. Why it does not vouch for the package is said.
static int vouches(const struct configuration *configuration, const kettle_settings *settings,
                   const struct digest *digest, const char *path) {
    kettle_bundle *bundle = NULL;
    kettle_verdict *verdict = NULL;
    int good = done(kettle_bundle_read_documents(path, &bundle), path) &&
               done(kettle_bundle_set_artifacts_mode(bundle, "loose"), path) &&
               done(kettle_bundle_add_artifact(bundle, digest->name, digest->sha256, digest->size), path) &&
               done(kettle_appraise(bundle, settings, &verdict), path);
    if (good && !accepted(configuration, verdict)) {
        complain("%s: %s: %s", digest->name, path, kettle_verdict_sentence(verdict));
        good = 0;
    }
    kettle_verdict_free(verdict);
    kettle_bundle_free(bundle);
    return good;
}

// A name as Debian has them: it becomes a part of a path.
static int is_package_name(const char *name) {
    return *name != '\0' && *name != '.' && *name != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == strlen(name);
}

static enum answer any_vouches(const struct configuration *configuration, const kettle_settings *settings,
                               const struct digest *digest, DIR *folder, const char *path) {
    char bundle[PATH_BYTES];
    int seen = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        int length = snprintf(bundle, sizeof bundle, "%s/%s", path, entry->d_name);
        if (length < 0 || length >= (int)sizeof bundle || ++seen > BUNDLES) {
            complain("%s: more bundles, or longer names, than are read", path);
            return PACKAGE_REFUSED;
        }
        if (vouches(configuration, settings, digest, bundle)) {
            return PACKAGE_ACCEPTED;
        }
    }
    complain("%s: none of the %d bundles in %s vouches for it", digest->name, seen, path);
    return PACKAGE_REFUSED;
}

enum answer verify_package(const struct configuration *configuration, const struct package *package) {
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", configuration->bundles, package->name);
    if (!is_package_name(package->name) || length < 0 || length >= (int)sizeof path) {
        complain("%s: not the name of a package", package->name);
        return PACKAGE_REFUSED;
    }
    DIR *bundles = opendir(configuration->bundles), *folder = opendir(path);
    if (bundles == NULL) {
        perror(configuration->bundles);
    }
    enum answer answer = bundles == NULL ? PACKAGE_REFUSED : PACKAGE_UNCOVERED;
    if (bundles != NULL && folder != NULL) {
        kettle_settings *settings = NULL;
        struct digest digest = {0};
        answer = settings_of(configuration, &settings) && hash_file(package->file, &digest)
                     ? any_vouches(configuration, settings, &digest, folder, path)
                     : PACKAGE_REFUSED;
        kettle_settings_free(settings);
    }
    if (folder != NULL) {
        closedir(folder);
    }
    if (bundles != NULL) {
        closedir(bundles);
    }
    return answer;
}
