#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "plan: prints the steps, changes nothing, makes no state directory" {
	ok plan "$BUNDLE"
	equal "$error" ""
	has "$output" spawn
	has "$output" pivot
	has "$output" exec
	[ ! -e "$ROOT" ]
	clean
}

@test "plan: the same twice, and the order of container start" {
	ok plan "$BUNDLE"
	local first=$output line last=0 word
	ok plan "$BUNDLE"
	equal "$output" "$first"
	for word in spawn nondumpable root mount_fs dev_node mask_path root_readonly pivot no_new_privs user caps lookup ready close exec; do
		line=$(grep -n -m 1 -E "^(mid |init) $word( |\$)" <<<"$output" | cut -d: -f1)
		[ -n "$line" ] || fail "no $word in the plan: $output"
		[ "$line" -gt "$last" ] || fail "$word comes at $line, after $last"
		last=$line
	done
}

@test "plan: a bad configuration is the same error as create's" {
	config '.process.cwd = "relative"'
	fails plan "$BUNDLE"
	local e=$error
	has "$e" /process/cwd
	fails create --bundle "$BUNDLE" c1
	has "$error" /process/cwd
}

@test "plan: works in a directory that cannot be written and with nothing in the environment" {
	chmod 0555 "$BUNDLE"
	env -i "$KIN" plan "$BUNDLE" </dev/null >"$T/out" 2>"$T/err"
	chmod 0755 "$BUNDLE"
	equal "$(<"$T/err")" ""
	has "$(<"$T/out")" exec
}
