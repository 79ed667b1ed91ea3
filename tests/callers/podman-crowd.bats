#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
# Many at once: each ends with its own status, and nothing is left of any.
load podman

one() { # N
	local rc=0
	podman --log-level=error --runtime "$RUNTIME" run --rm "$IMAGE" sh -c "echo from $1; exit $(($1 % 100))" \
		</dev/null >"$T/n$1" 2>&1 3>&- || rc=$?
	echo "$1 $rc $(<"$T/n$1")"
}
crowd() {
	local i
	for ((i = 0; i < 200; i++)); do
		((i < 20)) || wait -n || :
		one $i &
	done
	wait
}
@test "podman: 200 containers, 20 at a time: each with its status and its output" {
	OTHER='' # once is enough
	both crowd
	equal "$(wc -l <<<"$output")" 200
	equal "$(awk '$2 != $1 % 100 || $4 != $1' <<<"$output")" ""
}
