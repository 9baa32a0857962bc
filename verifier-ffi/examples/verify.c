// Verifies a bundle under a policy and exits as the command line does.
// Usage: verify BUNDLE POLICY [TRUST_ROOT TIME]

#include <stdio.h>

#include "kettle_verify.h"

static int refused(kettle_result result) {
    fprintf(stderr, "error: %s: %s\n", kettle_result_name(result), kettle_error_message());
    return 2;
}

int main(int count, char **arguments) {
    if (count != 3 && count != 5) {
        fprintf(stderr, "usage: verify BUNDLE POLICY [TRUST_ROOT TIME]\n");
        return 2;
    }
    kettle_bundle *bundle = NULL;
    kettle_settings *settings = NULL;
    kettle_verdict *verdict = NULL;
    kettle_result result = kettle_bundle_read(arguments[1], &bundle);
    if (result == KETTLE_RESULT_OK) result = kettle_settings_new(&settings);
    if (result == KETTLE_RESULT_OK) result = kettle_settings_read_policy(settings, arguments[2]);
    if (result == KETTLE_RESULT_OK && count == 3) result = kettle_settings_set_now_from_clock(settings);
    if (result == KETTLE_RESULT_OK && count == 5) result = kettle_settings_read_trust_root(settings, arguments[3]);
    if (result == KETTLE_RESULT_OK && count == 5) result = kettle_settings_set_now(settings, arguments[4]);
    if (result == KETTLE_RESULT_OK) result = kettle_appraise(bundle, settings, &verdict);
    int exit_code = result == KETTLE_RESULT_OK ? kettle_verdict_exit_code(verdict) : refused(result);
    puts(kettle_verdict_sentence(verdict));
    for (size_t index = 0; index < kettle_verdict_check_count(verdict); index++) {
        const kettle_check *check = kettle_verdict_check(verdict, index);
        printf("%-12s %s\n", kettle_check_status(check), kettle_check_title(check));
    }
    kettle_verdict_free(verdict);
    kettle_settings_free(settings);
    kettle_bundle_free(bundle);
    return exit_code;
}
