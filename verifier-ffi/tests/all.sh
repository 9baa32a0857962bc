#!/usr/bin/env bash
# Everything that libkettle_verify and its users in C have to pass; `cargo xtask test --only c` runs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# The hash of the Rust runner; the step `corpus` compares it with what Rust says now.
expected=$(< verifier-core/src/conformance.txt)
here=verifier-ffi/tests
out=$PWD/target/c
mkdir -p "$out"
export CARGO_INCREMENTAL=0 RUST_BACKTRACE=0

strict=(-std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror -g -Iverifier-ffi/include)
sanitizers=(-fsanitize=address,undefined -fno-sanitize-recover=all)
archive=(target/debug/libkettle_verifier_ffi.a -lpthread -ldl -lm)

conforms() {
    local found
    found=$("$@" testvectors | tail -n 1)
    test "$found" = "conformance $expected" || { echo "$1: $found, and not $expected"; exit 1; }
    echo "$(basename "$1"): every verdict is the one that Rust gives"
}

echo "-- under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer"
cargo rustc --quiet --locked --package kettle-verifier-ffi --features probe --crate-type staticlib
clang "${strict[@]}" "${sanitizers[@]}" -DKETTLE_PROBE $here/c/interface.c "${archive[@]}" -o "$out/interface-sanitized"
"$out/interface-sanitized" testvectors 2> "$out/panic.log" || { cat "$out/panic.log"; exit 1; }
clang "${strict[@]}" "${sanitizers[@]}" $here/c/conformance.c -lcjson "${archive[@]}" -o "$out/conformance-sanitized"
conforms "$out/conformance-sanitized"

echo "-- under valgrind"
gcc "${strict[@]}" $here/c/interface.c "${archive[@]}" -o "$out/interface"
valgrind --quiet --leak-check=full --error-exitcode=9 "$out/interface" testvectors

echo "-- as C++"
printf '#include "kettle_verify.h"\nint main() { return kettle_version_number() != KETTLE_VERIFY_VERSION_NUMBER; }\n' > "$out/plus.cc"
clang++ -std=c++17 -Wall -Wextra -Werror -Iverifier-ffi/include "$out/plus.cc" "${archive[@]}" -o "$out/plus"
"$out/plus"

echo "-- the apt hook, under the sanitizers"
clang "${strict[@]}" "${sanitizers[@]}" verifier-ffi/apt-hook/*.c "${archive[@]}" -o "$out/kettle-apt-hook"
$here/apt.sh "$out/kettle-apt-hook" "$out/apt"

echo "-- installed"
rm -rf "$out/prefix"
cargo cinstall --locked --package kettle-verifier-ffi --profile capi --prefix "$out/prefix" --libdir lib
$here/installed.sh "$out/prefix" "$out/empty"
export PKG_CONFIG_PATH=$out/prefix/lib/pkgconfig
gcc "${strict[@]}" $here/c/conformance.c -lcjson $(pkg-config --cflags --libs kettle_verify) \
    -Wl,-rpath,"$out/prefix/lib" -o "$out/conformance"
conforms "$out/conformance"
