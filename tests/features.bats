#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "features: one JSON document and nothing else, without any state directory" {
	k --root /proc/nonexistent/dir features
	equal "$status" 0
	equal "$error" ""
	equal "$(jq -s length <<<"$output")" 1
	like "$(jq -r .ociVersionMin <<<"$output")" '^1\.0\.'
	like "$(jq -r .ociVersionMax <<<"$output")" '^1\.3\.'
	local word
	for word in prestart createRuntime createContainer startContainer poststart poststop; do
		equal "$(jq --arg w $word '.hooks | index($w) != null' <<<"$output")" true "hook $word"
	done
	for word in rro rbind bind ro rprivate tmpcopyup nosuid noatime rslave; do
		equal "$(jq --arg w $word '.mountOptions | index($w) != null' <<<"$output")" true "option $word"
	done
	equal "$(jq -r '.linux.namespaces | sort | join(" ")' <<<"$output")" "cgroup ipc mount network pid time user uts"
	equal "$(jq '.linux.capabilities | length >= 41' <<<"$output")" true
	equal "$(jq .linux.seccomp.enabled <<<"$output")" true
	equal "$(jq '.linux.seccomp.actions | index("SCMP_ACT_ERRNO") != null and index("SCMP_ACT_NOTIFY") != null' <<<"$output")" true
	equal "$(jq '.linux.seccomp.operators | length' <<<"$output")" 7
	equal "$(jq '.linux.cgroup.v2' <<<"$output")" true
	equal "$(jq '.linux.cgroup.v1' <<<"$output")" false
	equal "$(jq '.linux.cgroup | .systemd and .systemdUser and .rdma' <<<"$output")" true
}

@test "features: what it says about itself is either there or false, never left out" {
	ok features
	local p
	for p in cgroup.v1 cgroup.v2 cgroup.systemd cgroup.systemdUser cgroup.rdma seccomp.enabled apparmor.enabled \
		selinux.enabled intelRdt.enabled mountExtensions.idmap.enabled netDevices.enabled; do
		equal "$(jq -r --arg p "$p" '.linux | getpath($p | split(".")) | type' <<<"$output")" boolean "$p"
	done
}

@test "features: needs no environment" {
	env -i "$KIN" features </dev/null >"$T/out" 2>"$T/err"
	equal "$(<"$T/err")" ""
	jq -e . "$T/out" >/dev/null
}

@test "features: the words of a memory policy" {
	ok features
	equal "$(jq -c '.linux.memoryPolicy.flags' <<<"$output")" \
		'["MPOL_F_NUMA_BALANCING","MPOL_F_RELATIVE_NODES","MPOL_F_STATIC_NODES"]'
	equal "$(jq -c '.linux.memoryPolicy.modes | sort' <<<"$output")" \
		'["MPOL_BIND","MPOL_DEFAULT","MPOL_INTERLEAVE","MPOL_LOCAL","MPOL_PREFERRED","MPOL_PREFERRED_MANY","MPOL_WEIGHTED_INTERLEAVE"]'
}
