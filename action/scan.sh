#!/usr/bin/env bash
# Scans for the action: one report for code scanning, annotations, a page for people, and the exit
# code. What strangers may have chosen, such as names of branches and files, is never part of a
# command; it stays in variables.
set -euo pipefail

fail() {
    echo "::error title=hfscan::$1"
    # Later steps see why there is no report.
    echo 'exit-code=2' >>"$GITHUB_OUTPUT"
    exit 2
}

one_of() {
    local name=$1 value=$2 allowed
    shift 2
    for allowed in "$@"; do
        [ "$value" != "$allowed" ] || return 0
    done
    fail "the input $name is none of: $*"
}

one_of scan "$INPUT_SCAN" auto changes tree history
one_of isolated "$INPUT_ISOLATED" auto true false
one_of fail-on "$INPUT_FAIL_ON" error warning note never
one_of annotations "$INPUT_ANNOTATIONS" true false
one_of summary "$INPUT_SUMMARY" true false
one_of fixes "$INPUT_FIXES" safe unsafe none
for value in "$INPUT_PATH" "$INPUT_SINCE" "$INPUT_CONFIG" "$INPUT_BASELINE" "$INPUT_SARIF_FILE" \
    "$INPUT_PATCH_FILE"; do
    case $value in
        -* | *$'\n'*) fail 'paths and revisions begin with no dash and are one line' ;;
    esac
done
[ -n "$INPUT_SARIF_FILE" ] || fail 'the input sarif-file is empty'
[ -n "$INPUT_PATCH_FILE" ] || fail 'the input patch-file is empty'
[ -x "${HFSCAN:-}" ] || fail 'hfscan is not installed'

cd "$GITHUB_WORKSPACE"
[ -d "$INPUT_PATH" ] || fail 'the input path names no folder'

# The commit before the change, if the event tells of one. A branch that is new has none.
before=$INPUT_SINCE
if [ -z "$before" ]; then
    case $GITHUB_EVENT_NAME in
        pull_request | pull_request_target) before=$EVENT_PULL_REQUEST_BASE ;;
        merge_group) before=$EVENT_MERGE_GROUP_BASE ;;
        push) [[ $EVENT_PUSH_BEFORE =~ ^0*$ ]] || before=$EVENT_PUSH_BEFORE ;;
    esac
fi

scan=$INPUT_SCAN
if [ "$scan" = auto ]; then
    scan=tree
    [ -z "$before" ] || scan=changes
fi

scope=() options=()
case $scan in
    changes)
        [ -n "$before" ] || fail 'this event names no commit to compare with: set the input since'
        scope+=("--since=$before")
        ;;
    history) scope+=(--history) ;;
esac

isolated=$INPUT_ISOLATED
if [ "$isolated" = auto ]; then
    isolated=false
    case $GITHUB_EVENT_NAME in
        pull_request | pull_request_target)
            # A fork that is gone has no name, and is a stranger too.
            [ "$EVENT_PULL_REQUEST_REPOSITORY" = "$GITHUB_REPOSITORY" ] || isolated=true
            ;;
    esac
fi
if [ "$isolated" = true ]; then
    options+=(--isolated --ignore-suppressions)
    echo 'The configuration, comments, baseline and .gitignore of the scanned repository do not count.'
else
    [ -z "$INPUT_CONFIG" ] || options+=("--config=$INPUT_CONFIG")
    [ -z "$INPUT_BASELINE" ] || options+=("--baseline=$INPUT_BASELINE")
fi

fixing=("${options[@]+"${options[@]}"}")
options+=("${scope[@]+"${scope[@]}"}")
[ "$INPUT_PATH" = . ] || options+=(-- "$INPUT_PATH")

# What an earlier step left there is no report of this scan. The new one comes there at the end, so
# that no scan sees it.
rm -f -- "$INPUT_SARIF_FILE" "$INPUT_PATCH_FILE"
sarif=$RUNNER_TEMP/hfscan-$$.sarif
code=0
"$HFSCAN" "--fail-on=$INPUT_FAIL_ON" --output-format=sarif "--output-file=$sarif" \
    "${options[@]+"${options[@]}"}" || code=$?

# The same once more for people, unless there was no scan. How grave it is was decided above.
if [ "$INPUT_ANNOTATIONS" = true ] && [ -f "$sarif" ]; then
    "$HFSCAN" --output-format=github "${options[@]+"${options[@]}"}" || true
fi
if [ "$INPUT_SUMMARY" = true ] && [ -f "$sarif" ]; then
    "$HFSCAN" --output-format=markdown "${options[@]+"${options[@]}"}" >>"$GITHUB_STEP_SUMMARY" ||
        true
fi

# What would mend the files of the checkout. A comment with a suggestion would need the right to write to the
# pull request, which no scan of a stranger's code should have; a patch needs none.
patch=$RUNNER_TEMP/hfscan-$$.patch
files=(.)
if [ "$INPUT_FIXES" = none ] || [ ! -f "$sarif" ] || [ "$scan" = history ]; then
    files=()
elif [ "$scan" = changes ]; then
    mapfile -d '' -t files < <(git diff --name-only --relative --no-renames --diff-filter=d -z "$before" -- "$INPUT_PATH")
elif [ "$INPUT_PATH" != . ]; then
    files=("$INPUT_PATH")
fi
if [ ${#files[@]} -gt 0 ]; then
    [ "$INPUT_FIXES" = safe ] || fixing+=(--unsafe-fixes)
    printf '%s\0' "${files[@]}" |
        xargs -0 "$HFSCAN" --diff "${fixing[@]+"${fixing[@]}"}" -- >"$patch" 2>/dev/null || true
fi
if [ -s "$patch" ]; then
    mv -f -- "$patch" "$INPUT_PATCH_FILE"
    echo "patch-file=$INPUT_PATCH_FILE" >>"$GITHUB_OUTPUT"
    echo "::notice title=hfscan::$(grep -c '^+++ ' "$INPUT_PATCH_FILE") file(s) can be mended: run hfscan --fix, or apply the patch in the summary of this job"
    if [ "$INPUT_SUMMARY" = true ]; then
        # Longer than any run of backticks in it.
        fence=$(printf '`%.0s' {1..40})
        {
            printf '\n### What %s would change\n\n%sdiff\n' "\`hfscan --fix\`" "$fence"
            head -c 200000 -- "$INPUT_PATCH_FILE"
            printf '\n%s\n' "$fence"
        } >>"$GITHUB_STEP_SUMMARY"
    fi
fi

echo "exit-code=$code" >>"$GITHUB_OUTPUT"
if [ -f "$sarif" ]; then
    mv -f -- "$sarif" "$INPUT_SARIF_FILE"
    echo "sarif-file=$INPUT_SARIF_FILE" >>"$GITHUB_OUTPUT"
fi
exit "$code"
