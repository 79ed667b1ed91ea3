#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What hooks print, into files that annotations name.
load helpers/kin

OUTPUT=run.oci.hooks.stdout ERRORS=run.oci.hooks.stderr

hook() { # KIND SCRIPT
	config '.hooks[$k] += [{path: "/bin/sh", args: ["sh", "-c", $s], env: ["PATH=/usr/bin:/bin"]}]' --arg k "$1" --arg s "$2"
}
hooks() { # one of each kind, which prints to both
	local k
	for k in prestart createRuntime createContainer startContainer poststart poststop; do
		hook $k "echo $k says; echo $k complains >&2"
	done
}
redirect() { # OUTPUT [ERRORS]
	config '.annotations[$k] = $v' --arg k $OUTPUT --arg v "$1"
	[ -z "${2-}" ] || config '.annotations[$k] = $v' --arg k $ERRORS --arg v "$2"
}
kinds_in() { # FILE WORD
	sed "s/ $2\$//" "$1" | tr '\n' ' '
}

# bats test_tags=smoke
@test "hooks output: of all six kinds, appended to the files, each by the command that runs it" {
	hooks
	redirect "$T/says" "$T/complains"
	echo before >"$T/says"
	args sleep 1000
	create c1
	equal "$(kinds_in "$T/says" says)" "before prestart createRuntime createContainer "
	equal "$(kinds_in "$T/complains" complains)" "prestart createRuntime createContainer "
	equal "$(said c1)" ''
	equal "$(stat -c %a "$T/complains")" 600
	ok start c1
	equal "$(kinds_in "$T/says" says)" "before prestart createRuntime createContainer startContainer poststart "
	ok delete --force c1
	equal "$(kinds_in "$T/says" says)" "before prestart createRuntime createContainer startContainer poststart poststop "
	equal "$(kinds_in "$T/complains" complains)" "prestart createRuntime createContainer startContainer poststart poststop "
	clean
}

@test "hooks output: of a run; both into one file; one of both alone" {
	hooks
	redirect "$T/both" "$T/both"
	args echo the program
	ok run --bundle "$BUNDLE" c1
	equal "$output" "the program"
	equal "$(tr '\n' ' ' <"$T/both")" "$(for k in prestart createRuntime createContainer startContainer; do
		printf '%s says %s complains ' $k $k; done)$(for k in poststart poststop; do printf '%s says %s complains ' $k $k; done)"
	config 'del(.annotations[$k])' --arg k $OUTPUT
	redirect_errors=$T/errors
	config '.annotations[$k] = $v' --arg k $ERRORS --arg v "$redirect_errors"
	ok run --bundle "$BUNDLE" c1
	equal "$output$error" "the program"
	equal "$(kinds_in "$redirect_errors" complains)" "prestart createRuntime createContainer startContainer poststart poststop "
	clean
}

@test "hooks output: no other descriptor is in a hook, and none of the files in the created init or the program" {
	redirect "$T/says" "$T/complains"
	config '.root.readonly = false'
	hook createContainer "ls /proc/self/fd >$T/fds"
	hook startContainer 'ls /proc/self/fd | tr "\n" " "'
	script 'ls -l /proc/self/fd; sleep 1000'
	create c1
	equal "$(tr '\n' ' ' <"$T/fds")" "0 1 2 3 "
	hasnt "$(ls -l "/proc/$(pid_of c1)/fd" 2>&1)" "$T/says"
	ok start c1
	equal "$(<"$T/says")" "0 1 2 3 "
	wait_for test -s "${io_c1}.out"
	hasnt "$(said c1)" says
	hasnt "$(said c1)" complains
}

@test "hooks output: a hook that fails: its error says where the rest is, and has what was not redirected" {
	local k
	cp "$BUNDLE/config.json" "$T/base"
	for k in prestart createRuntime createContainer startContainer poststart; do
		cp "$T/base" "$BUNDLE/config.json"
		rm -f "$T/says" "$T/complains"
		hook $k 'echo the detail; echo the reason >&2; exit 3'
		redirect "$T/says"
		args sleep 1000
		fails run --bundle "$BUNDLE" c1
		has "$error" "hook /bin/sh ended with exit status 3 (its output is in $T/says): the reason"
		has "$error" "/hooks/$k/0"
		equal "$(<"$T/says")" "the detail" "$k"
		redirect "$T/says" "$T/complains"
		fails run --bundle "$BUNDLE" c1
		has "$error" "hook /bin/sh ended with exit status 3 (its output is in $T/says, its errors are in $T/complains)"
		hasnt "$error" "the reason"
		equal "$(<"$T/complains")" "the reason" "$k"
		clean
	done
}

# bats test_tags=smoke
@test "hooks output: a file that cannot be opened is one error before anything is made" {
	hook createRuntime "echo ran >>$T/ran"
	args sleep 1000
	redirect "$T/no/such/file"
	fails create --bundle "$BUNDLE" c1
	has "$error" "/annotations/$OUTPUT"
	has "$error" "$T/no/such/file"
	has "$error" "no such file or directory"
	[ ! -e "$ROOT/c1" ] && [ ! -e "$T/ran" ] || fail "something was made"
	redirect "$T"
	fails create --bundle "$BUNDLE" c1
	has "$error" "is a directory"
	mkfifo "$T/fifo" # nobody reads it: nobody waits
	redirect "$T/says" "$T/fifo"
	fails create --bundle "$BUNDLE" c1
	has "$error" "/annotations/$ERRORS"
	has "$error" "no such device or address"
	redirect says
	fails create --bundle "$BUNDLE" c1
	has "$error" "/annotations/$OUTPUT"
	ok_plan_lists "/annotations/$OUTPUT"
	[ ! -e "$T/ran" ] || fail "the hook has run"
	clean
}
ok_plan_lists() { # looking at a plan opens nothing, and tells of a path that cannot be one
	rm -f "$T/says"
	k plan "$BUNDLE"
	has "$output$error" "$1"
	redirect "$T/says"
	config 'del(.annotations[$k])' --arg k $ERRORS
	ok plan "$BUNDLE"
	[ ! -e "$T/says" ] || fail "plan has made the file"
}

@test "hooks output: when it cannot be opened any more, start changes nothing, and delete goes on" {
	mkdir "$T/log"
	redirect "$T/log/says"
	hook poststart 'true'
	hook poststop "echo unmade >$T/unmade"
	args sleep 1000
	create c1
	mv "$T/log" "$T/log.1"
	fails start c1
	has "$error" "/annotations/$OUTPUT"
	equal "$(state_of c1)" created
	mv "$T/log.1" "$T/log"
	ok start c1
	equal "$(state_of c1)" running
	mv "$T/log" "$T/log.1"
	ok delete --force c1
	equal "$(<"$T/unmade")" unmade
	clean
}
