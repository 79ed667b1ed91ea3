# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034 # the variables are the tests'
#
# What the tests with real callers share.  A file tests/callers/NAME.bats loads the file of its caller (podman.bash...),
# which loads this one.  tests/run callers runs them inside tests/view, as the other bats files are run.
#
# A test is a flow: a function that uses the caller and prints what its user gets to see.
#
#   both FLOW [ARGS]       runs it with RUNTIME=kin and with RUNTIME=$OTHER, and fails when output or status differ;
#                          $output, $status: kin's.  The flow may check what it sees with equal, has, like, fail.
#   differs KEY FLOW       with kin only: docs/callers.md gives, in a line with `KEY`, the reason why others do differently
#   visible COMMAND...     runs it without a terminal, prints stdout, stderr and "= STATUS"; never waits for what stays behind
#   typing COMMAND         a shell's command in a terminal; prints what it prints, and "= STATUS"
#   quiet COMMAND...       prints its stdout, and fails with its stderr unless it succeeds
#
# Before they are compared, outputs go through seen(): identifiers, times and the runtime's name become words, and a
# runtime's failure becomes its class.  After each flow and each test the oracle (tests/helpers/oracle.bash) must find
# nothing that was not there before: the caller's file gives the functions
#
#   caller_can             prints why the caller cannot be used here, if it cannot: all tests are skipped
#   caller_begin           once for a file: starts it, imports the image, runs one container, so that what stays for good
#                          (a lock, a parent cgroup) is there before the first look.  Scratch space: $BATS_FILE_TMPDIR
#   caller_empty           removes all containers, after each flow
#   caller_end             once for a file
#   caller_try RUNTIME     succeeds when that runtime can run a container here; the first of $OTHERS is $OTHER

KIN_SRC=${KIN_SRC:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
# shellcheck source=tests/helpers/kin.bash
source "$KIN_SRC/tests/helpers/kin.bash"

CALLER_TIMEOUT=${CALLER_TIMEOUT:-60}
OTHERS=${OTHERS:-crun runc}

# image_tar FILE: an image's only layer: busybox with all that the tests use.
image_tar() {
	rootfs_make "$BATS_FILE_TMPDIR/rootfs"
	tar -C "$BATS_FILE_TMPDIR/rootfs" --owner=0 --group=0 -cf "$1" .
}

# ---- running the caller -----------------------------------------------------------------------------------------------
# Not pipes: what stays behind would hold them.  Not bats' own descriptor either.
visible() {
	local rc=0 io
	io=$(mktemp "$T/io.XXXXXX")
	timeout --foreground -k 5 "$CALLER_TIMEOUT" "$@" </dev/null >"$io" 2>"$io.err" 3>&- || rc=$?
	cat "$io" "$io.err"
	echo "= $rc"
	[ $rc != 124 ] || fail "did not end within $CALLER_TIMEOUT s: $*"
}
# typing COMMAND: a shell's command, in a terminal of 33 rows and 77 columns
typing() {
	local io
	io=$(mktemp "$T/io.XXXXXX")
	timeout -k 5 "$CALLER_TIMEOUT" script -qec "stty rows 33 cols 77; $1; echo = \$?" /dev/null </dev/null >"$io" 2>&1 3>&- || :
	tr -d '\r' <"$io" | sed 's/\^@//' # the end of script's own input, wherever it comes
}
quiet() {
	local rc=0 io
	io=$(mktemp "$T/io.XXXXXX")
	timeout --foreground -k 5 "$CALLER_TIMEOUT" "$@" </dev/null >"$io" 2>"$io.err" 3>&- || rc=$?
	cat "$io"
	[ $rc = 0 ] || fail "$* ended with $rc: $(<"$io.err")" >&2
}

# ---- comparing ----------------------------------------------------------------------------------------------------------
# The runtime's own words may differ, what callers make of them may not.
seen() {
	sed -E -e 's/[0-9a-f]{64}/ID/g' -e 's/\b[0-9a-f]{12}\b/ID/g' -e 's/\r$//' \
		-e '/^(Error|error|docker|ctr|OCI runtime exec failed):.*(executable file not found|no such file or directory|command that was not found)/I s/.*/failure: not found/' \
		-e '/^(Error|error|docker|ctr|OCI runtime exec failed):.*(permission denied|not permitted|is a directory)/I s/.*/failure: permission/' \
		-e '/^(Error|error|docker|ctr):.*(OCI runtime|kin|runc|crun)|^OCI runtime exec failed:/I s/.*/failure: runtime/' \
		-e "s/\\b$1\\b/RUNTIME/g" -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+([ +-][0-9:]+)?( [A-Z]+)?/TIME/g'
}

# once RUNTIME FLOW...: $status, and the output in $T/RUNTIME; nothing is left after it.
once() {
	local old
	RUNTIME=$1 emptied=
	shift
	old=$-
	set +e
	(
		set -e
		"$@"
	) >"$T/$RUNTIME" 2>&1
	status=$?
	[[ $old != *e* ]] || set -e
	caller_empty >>"$T/empty" 2>&1 || fail "after $*, with $RUNTIME: $(cat "$T/$RUNTIME" "$T/empty")"
	emptied=1
	seen "$RUNTIME" <"$T/$RUNTIME" >"$T/$RUNTIME.seen"
	oracle_after || { cat "$T/$RUNTIME"; fail "with $RUNTIME something was left by $*"; }
}
both() {
	once kin "$@"
	output=$(<"$T/kin")
	[ "$status" = 0 ] || fail "with kin, $* ended with $status: $output"
	[ -n "$OTHER" ] || return 0
	once "$OTHER" "$@"
	[ "$status" = 0 ] || fail "with $OTHER, $* ended with $status: $(<"$T/$OTHER")"
	diff -u --label "$OTHER" --label kin "$T/$OTHER.seen" "$T/kin.seen" || fail "$*: kin and $OTHER differ; kin: $output"
}
differs() {
	local key=$1
	shift
	grep -qF "\`$key\`" "$KIN_SRC/docs/callers.md" || fail "docs/callers.md does not say why $key differs"
	once kin "$@"
	output=$(<"$T/kin")
	[ "$status" = 0 ] || fail "with kin, $* ended with $status: $output"
}

# ---- around each file, and each test --------------------------------------------------------------------------------
setup_file() {
	local why r
	export CALLER_SKIP='' OTHER=''
	why=$(caller_can)
	if [ -n "$why" ]; then
		CALLER_SKIP=$why
		return
	fi
	T=$BATS_FILE_TMPDIR
	mkdir "$T/prepare"
	caller_begin
	for r in $OTHERS; do
		if command -v "$r" >/dev/null && caller_try "$r" >"$T/try.$r" 2>&1; then
			OTHER=$r
			break
		fi
	done
	[ -n "$OTHER" ] || [ -z "$OTHERS" ] || echo "# nothing to compare with: $(tail -qn 1 "$T"/try.* | tr '\n' ' ')" >&3
}
teardown_file() {
	[ -n "$CALLER_SKIP" ] || caller_end
}
setup() {
	[ -z "$CALLER_SKIP" ] || skip "$CALLER_SKIP"
	T=$BATS_TEST_TMPDIR ORACLE=$BATS_TEST_TMPDIR/oracle ROOT='' OUT=''
	ORACLE_SETTLE=30
	mkdir -p "$ORACLE"
	oracle_before
}
teardown() {
	local rc=0
	[ -z "$CALLER_SKIP" ] || return 0
	[ -n "${emptied-}" ] || caller_empty >"$T/empty" 2>&1 || { cat "$T/empty" && rc=1; }
	oracle_after || { rc=1; oracle_scorch; }
	return $rc
}
