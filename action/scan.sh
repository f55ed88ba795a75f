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
for value in "$INPUT_PATH" "$INPUT_SINCE" "$INPUT_CONFIG" "$INPUT_BASELINE" "$INPUT_SARIF_FILE"; do
    case $value in
        -* | *$'\n'*) fail 'paths and revisions begin with no dash and are one line' ;;
    esac
done
[ -n "$INPUT_SARIF_FILE" ] || fail 'the input sarif-file is empty'
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

options=()
case $scan in
    changes)
        [ -n "$before" ] || fail 'this event names no commit to compare with: set the input since'
        options+=("--since=$before")
        ;;
    history) options+=(--history) ;;
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

[ "$INPUT_PATH" = . ] || options+=(-- "$INPUT_PATH")

# What an earlier step left there is no report of this scan. The new one comes there at the end, so
# that no scan sees it.
rm -f -- "$INPUT_SARIF_FILE"
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

echo "exit-code=$code" >>"$GITHUB_OUTPUT"
if [ -f "$sarif" ]; then
    mv -f -- "$sarif" "$INPUT_SARIF_FILE"
    echo "sarif-file=$INPUT_SARIF_FILE" >>"$GITHUB_OUTPUT"
fi
exit "$code"
