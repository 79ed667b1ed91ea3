#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What README.md tells people to type works as it stands there.
load helpers/kin

# bats test_tags=smoke
@test "readme: its examples, one after the other" {
	awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$KIN_SRC/README.md" >"$T/examples.sh"
	[ "$(wc -l <"$T/examples.sh")" -gt 8 ] || fail "no examples were found"
	mkdir "$T/work" "$T/runtime"
	chmod 0700 "$T/runtime"
	( cd "$T/work" && export XDG_RUNTIME_DIR=$T/runtime PATH="$(dirname "$KIN"):$PATH" &&
		timeout 60 bash -eu -o pipefail "$T/examples.sh" </dev/null >"$T/out" 2>"$T/err" ) || fail "$(cat "$T/out" "$T/err")"
	equal "$(<"$T/err")" ""
	has "$(<"$T/out")" "hello from inside"
	has "$(<"$T/out")" '"status": "created"'
	like "$(<"$T/out")" 'box +[0-9]+ +(running|stopped)'
	rmdir /run/kin 2>/dev/null || :
}

@test "readme: the demo" {
	# The packages are here; what is left is what contrib/demo does.
	mkdir "$T/tmp"
	KIN=$KIN TMPDIR=$T/tmp timeout 60 "$KIN_SRC/contrib/demo" "$T/demo" </dev/null >"$T/out" 2>&1 || fail "$(<"$T/out")"
	has "$(<"$T/out")" "uid=0(root)"
	has "$(<"$T/out")" "host name: "
	has "$(<"$T/out")" "proc /proc proc"
	like "$(<"$T/out")" '[0-9]+\.[0-9] ms from start to end'
}
