#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_systemd
#
# A pod as the kubelet has it: containerd's plugin for Kubernetes with contrib/callers/containerd.toml and the systemd cgroup
# driver, asked by tests/callers/cri; with kin as the pod's RuntimeClass, and with runc.

CALLER_TIMEOUT=${CALLER_TIMEOUT:-240}
NAMESPACE=k8s.io IMAGE_CMD='["sleep", "100000"]'
load ../callers/containerd

asks() {
	/usr/bin/python3 -c 'import grpc' 2>/dev/null || skip "python3-grpcio is not installed (contrib/packages vm)"
}
pod() {
	mkdir -p "$T/logs"
	quiet /usr/bin/python3 "$KIN_SRC/tests/callers/cri" /run/containerd/containerd.sock "$RUNTIME" "$IMAGE" "$T/logs"
	rm -rf "$T/logs"
	systemctl stop kubepods.slice # the kubelet would have made it
}
@test "kubernetes: a pod: limits, ids, seccomp, exec, update, stats, a shared pid namespace, want of memory, stop" {
	asks
	both pod
	has "$output" $'memory.max:67108864\ncpu.max:50000 100000\ncpuset.cpus:0\npids.max:30\n500\n= 0\n'
	has "$output" 'uid=5 gid=6 groups=6,7,8'
	has "$output" $'memory.max:100663296\ncpu.max:25000 100000\n'
	has "$output" $'cpu True memory True\nsecond 3 Error\n'
	has "$output" $'hog 137 OOMKilled\n'
	has "$output" $'broken 128 StartError\n'
	has "$output" $'work 7 Error\nb\n/tmp\n5\n6\nended\n'
	has "$output" $'stubborn 137 Error'
}
