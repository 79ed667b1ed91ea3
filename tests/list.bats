#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

@test "list: empty, in each form" {
	ok list
	equal "$output" "ID          PID         STATUS      BUNDLE      CREATED     OWNER"
	ok list --format json
	like "$output" '^(null|\[\])$'
	ok list --quiet
	equal "$output" ""
	[ ! -e "$ROOT" ] || fail "list made the state directory"
}

# bats test_tags=smoke
@test "list: table, json, quiet; sorted by id" {
	args sleep 100
	create zz
	create aa
	ok start aa
	create mm
	ok list
	equal "$(awk '{ print $1 }' <<<"$output" | tr '\n' ' ')" "ID aa mm zz "
	equal "$(awk '$1 == "aa" { print $3 }' <<<"$output")" running
	equal "$(awk '$1 == "zz" { print $3, $4, $6 }' <<<"$output")" "created $BUNDLE $(id -un)"
	ok list -q
	equal "$output" $'aa\nmm\nzz'
	ok list -f json
	equal "$(jq -c '[.[] | [.id, .status]]' <<<"$output")" '[["aa","running"],["mm","created"],["zz","created"]]'
	ok state aa
	local state=$output
	ok list --format json
	# As with runc: the list says whose it is.
	equal "$(jq -cS '.[0]' <<<"$output")" "$(jq -cS --arg me "$(id -un)" '.owner = $me' <<<"$state")"
}

@test "list: one damaged record does not hide the others" {
	args sleep 100
	create a1
	create b1
	create c1
	printf 'garbage' >"$ROOT/b1/record"
	k list --format json
	equal "$status" 0
	equal "$(jq -r '[.[] | select(.status == "created") | .id] | join(" ")' <<<"$output")" "a1 c1"
	k list
	equal "$status" 0
	has "$output$error" b1
	ok delete --force b1
	ok list -q
	equal "$output" $'a1\nc1'
}

@test "list: one of which there is no more yet than the directory: whose that is" {
	args sleep 100
	create a1
	mkdir -m 0700 "$ROOT/half"
	ok list --format json
	equal "$(jq -c '.[] | select(.id == "half") | [.status, .pid, .owner]' <<<"$output")" "[\"creating\",0,\"$(id -un)\"]"
	rmdir "$ROOT/half"
}

@test "list: an unknown format" {
	fails list --format yaml
}
