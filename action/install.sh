#!/usr/bin/env bash
# Installs hfscan for the action, and writes its path to the environment of the next steps.
set -euo pipefail

fail() {
    echo "::error title=hfscan::$1"
    exit 2
}

use() {
    "$1" --version || fail 'hfscan does not run on this machine'
    echo "HFSCAN=$1" >>"$GITHUB_ENV"
    exit 0
}

if [ "$INPUT_VERSION" = path ]; then
    hfscan=$(command -v hfscan) || fail 'there is no hfscan on the path'
    use "$hfscan"
fi

folder=$RUNNER_TEMP/hfscan
mkdir -p "$folder"

if [ "$INPUT_VERSION" = source ]; then
    cargo install --quiet --locked --path "$GITHUB_ACTION_PATH" --root "$folder" ||
        fail 'hfscan could not be built; it needs Rust'
    use "$folder/bin/hfscan"
fi

version=${INPUT_VERSION#v}
number='^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$'
[[ $version =~ $number ]] || fail 'version is no release such as 1.2.3, and neither source nor path'

case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    Windows-ARM64) target=aarch64-pc-windows-msvc ;;
    *) fail "there is no release for this kind of machine; use version: source" ;;
esac

archive=hfscan-$version-$target.tar.gz
release=https://github.com/hfscan/hfscan/releases/download/v$version
cd "$folder"
for file in "$archive" SHA256SUMS; do
    curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 \
        --output "$file" "$release/$file" || fail "cannot download $file of release $version"
done

# One line of the list, and no more than that, is about this archive.
grep -E "^[0-9a-f]{64} [ *]$archive\$" SHA256SUMS >expected || fail "$archive has no checksum"
if command -v sha256sum >/dev/null; then
    sha256sum --check --strict --status expected || fail "$archive is not what was released"
else
    shasum --algorithm 256 --check --status expected || fail "$archive is not what was released"
fi

tar -xzf "$archive"
program=$folder/hfscan
[ "$RUNNER_OS" != Windows ] || program=$program.exe
use "$program"
