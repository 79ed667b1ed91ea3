#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What only a caller with every capability can give to a program that has none.

load ../helpers/kin

# bats test_tags=vm_plain
@test "limits above the caller's and a lower oom_score_adj, for a program without capabilities, and for exec" {
	config '.process.user = {uid: 1000, gid: 1000} | .process.capabilities = {} | .process.oomScoreAdj = -500 | .process.rlimits = [
		{type: "RLIMIT_NOFILE", soft: 200000, hard: 300000}, {type: "RLIMIT_MEMLOCK", soft: 1073741824, hard: 2147483648},
		{type: "RLIMIT_CORE", soft: 5, hard: 18446744073709551615}]'
	local seen='grep -E "open files|locked memory|core file" /proc/self/limits | tr -s " "; cat /proc/self/oom_score_adj; grep CapPrm /proc/self/status'
	local want=$'Max core file size 5 unlimited bytes \nMax open files 200000 300000 files \nMax locked memory 1073741824 2147483648 bytes \n-500\nCapPrm:\t0000000000000000'
	script "$seen; exec sleep 1000"
	ulimit -n 512 -l 64 -c 0
	create c1
	ok start c1
	wait_for grep -q CapPrm "$io_c1.out"
	equal "$(said c1)" "$want"
	ok exec c1 sh -c "$seen"
	equal "$output" "$want"
	ok delete -f c1
	clean
}
