#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Pods, and what Kubernetes' documents make of them.
#
# --share-parent=false: for the pod's own cgroup Podman needs every controller (and below a cgroup that it makes as root
# without systemd, Podman 4 lets no device be opened, whatever the runtime).  tests/vm/podman.bats has one of its own.
load podman

pods() {
	p pod create --name pod --hostname shared --network none --share-parent=false
	pq run -d --pod pod --name one "$IMAGE" sh -c 'echo mine >/dev/shm/file; exec sleep 1000' >/dev/null
	wait_for pq exec one test -s /dev/shm/file
	p run --rm --pod pod "$IMAGE" sh -c 'cat /dev/shm/file; hostname; echo >/dev/shm/two'
	p exec one ls /dev/shm
	p pod ps --format '{{.Name}} {{.Status}} {{.NumberOfContainers}}'
	p pod stop -t 0 pod
	inspected one '{{.State.Status}} {{.State.ExitCode}}'
	p pod start pod
	inspected one '{{.State.Status}}'
	p pod kill pod
	p wait one
	p pod rm -f -t 0 pod
}
@test "podman: a pod: its containers share what pods share; stop, start, kill, rm" {
	both pods
	has "$output" $'mine\nshared\n= 0'
	has "$output" $'exited 137'
	has "$output" $'file\ntwo\n'
}

alike() { # the members are in the first one's pid namespace, too
	p pod create --name pod --share pid,ipc,uts --network none --share-parent=false
	pq run -d --pod pod --name one "$IMAGE" sleep 1111 >/dev/null
	pq run -d --pod pod --name two "$IMAGE" sleep 2222 >/dev/null
	p exec one sh -c 'ps | grep -cE "[s]leep (1111|2222)|[c]atatonit"'
	p kill one
	p wait one
	p exec two sh -c 'ps | grep -c "[s]leep 1111"'
	p pod rm -f -t 0 pod
}
@test "podman: a pod with one pid namespace" {
	both alike
	has "$output" $'3\n= 0'
	has "$output" $'137\n= 0\n0\n'
}

without_infra() {
	p pod create --name pod --infra=false --share-parent=false
	p run --pod pod --name one "$IMAGE" sh -c 'echo alone; exit 3'
	p pod ps --format '{{.Status}} {{.NumberOfContainers}}'
	p pod rm -f pod
}
@test "podman: a pod without a container of its own" {
	both without_infra
	has "$output" $'alone\n= 3'
}

kube() {
	mkdir -p "$T/given"
	chmod 0755 "$T/given"
	echo content >"$T/given/file"
	cat >"$T/pod.yaml" <<-X
		apiVersion: v1
		kind: Pod
		metadata: { name: kube }
		spec:
		  hostname: inkube
		  restartPolicy: Never
		  containers:
		    - name: one
		      image: $IMAGE
		      imagePullPolicy: Never
		      command: [ /bin/sh, -c, 'hostname; echo \$A; cat /v/file; touch /x /v/x; grep CapEff /proc/self/status; exec sleep 1000' ]
		      env: [ { name: A, value: given }, { name: PATH, value: /bin } ]
		      securityContext: { runAsUser: 0, readOnlyRootFilesystem: true, capabilities: { drop: [ ALL ] } }
		      volumeMounts: [ { name: v, mountPath: /v, readOnly: true } ]
		    - name: two
		      image: $IMAGE
		      imagePullPolicy: Never
		      workingDir: /tmp
		      command: [ /bin/sh, -c, 'pwd; exit 3' ]
		  volumes: [ { name: v, hostPath: { path: $T/given } } ]
	X
	p play kube --network none "$T/pod.yaml"
	p wait kube-two
	p logs kube-two
	wait_for logs_end
	p logs kube-one
	p play kube --down "$T/pod.yaml"
}
logs_end() {
	pq logs kube-one | grep -q CapEff
}
# bats test_tags=rootless
@test "podman: play kube" {
	both kube
	has "$output" $'3\n= 0\n/tmp\n= 0\n'
	has "$output" $'inkube\ngiven\ncontent\n'
	has "$output" $'CapEff:\t0000000000000000'
}
