/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /linux in config.json: each thing that is wrong, with the words that a person gets; and its neighbour that is right. */
#include "spec_refusal.h"

#define ID(c, h, s) "{'containerID':" #c ",'hostID':" #h ",'size':" #s "}"

static const struct refusal namespaces[] = {
	{ { .linux_ = "" }, "/linux/namespaces: a mount namespace is required" },
	{ { .linux_ = "'namespaces':null" }, "/linux/namespaces: a mount namespace is required" },
	{ { .linux_ = "'namespaces':[" NS("pid") "]" }, "/linux/namespaces: a mount namespace is required" },
	{ { .linux_ = "'namespaces':[" NS("mount") "]" }, NULL },
	{ { .linux_ = "'namespaces':[" NS("mount") "," NS("cgroup") "," NS("time") "]" }, NULL },
	{ { .linux_ = "'namespaces':[{'type':'mount','path':''}]" }, NULL },
	{ { .linux_ = "'namespaces':[{'type':'mount'},{'type':'network','path':'/run/netns/x'}]" }, NULL },
	{ { .linux_ = "'namespaces':[{'type':'mount'},{'type':'network','path':'netns/x'}]" },
	  "/linux/namespaces/1/path: \"netns/x\" is not an absolute path" },
	{ { .linux_ = "'namespaces':[" NS("mount") "," NS("pid") "," NS("mount") "]" },
	  "/linux/namespaces/2: duplicate namespace \"mount\"" },
	{ { .linux_ = "'namespaces':[" NS("mount") "," NS("net") "]" },
	  "/linux/namespaces/1/type: unknown namespace \"net\"" },
	{ { .linux_ = "'namespaces':[{'path':'/x'}]" }, "/linux/namespaces/0/type: required" },
	{ { .linux_ = "'namespaces':[{'type':''}]" }, "/linux/namespaces/0/type: required (it is empty)" },
	{ { .linux_ = "'namespaces':['mount']" }, "/linux/namespaces/0: must be an object" },
	{ { .linux_ = "'namespaces':{}" }, "/linux/namespaces: must be an array" },
	LINUX("'uidMappings':null,'gidMappings':[]", NULL),
	LINUX("'uidMappings':[" ID(0, 100000, 65536) "],'gidMappings':[" ID(0, 0, 1) "]", NULL),
	{ { .linux_ = "'namespaces':[" NS("mount") "],'uidMappings':[" ID(0, 0, 1) "]" },
	  "/linux/uidMappings: needs \"user\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'gidMappings':[" ID(0, 0, 1) "]" },
	  "/linux/gidMappings: needs \"user\" in /linux/namespaces" },
	LINUX("'uidMappings':[{'containerID':0,'hostID':0}]", "/linux/uidMappings/0/size: required"),
	LINUX("'uidMappings':[{'containerID':0,'size':1}]", "/linux/uidMappings/0/hostID: required"),
	LINUX("'gidMappings':[{'hostID':0,'size':1}]", "/linux/gidMappings/0/containerID: required"),
	LINUX("'uidMappings':[" ID(0, 0, 0) "]", "/linux/uidMappings/0/size: 0 is below the minimum 1"),
	LINUX("'uidMappings':[" ID(-1, 0, 1) "]", "/linux/uidMappings/0/containerID: -1 is below the minimum 0"),
	LINUX("'uidMappings':[" ID(0, 4294967296, 1) "]",
	      "/linux/uidMappings/0/hostID: 4294967296 is above the maximum 4294967295"),
	LINUX("'uidMappings':[" ID(0, 0, 4294967295) "]", NULL),
	LINUX("'uidMappings':[" ID(1, 0, 4294967295) "]",
	      "/linux/uidMappings/0/size: the range ends above the last id 4294967294"),
	LINUX("'uidMappings':[" ID(0, 4294967294, 2) "]",
	      "/linux/uidMappings/0/size: the range ends above the last id 4294967294"),
	LINUX("'uidMappings':[" ID(0, 0, 10) "," ID(10, 10, 10) "," ID(20, 100, 1) "]", NULL),
	LINUX("'uidMappings':[" ID(0, 0, 10) "," ID(9, 10, 10) "]",
	      "/linux/uidMappings/1/containerID: overlaps with element 0"),
	LINUX("'uidMappings':[" ID(9, 10, 10) "," ID(0, 0, 10) "]",
	      "/linux/uidMappings/1/containerID: overlaps with element 0"),
	LINUX("'gidMappings':[" ID(0, 0, 10) "," ID(10, 5, 10) "]",
	      "/linux/gidMappings/1/hostID: overlaps with element 0"),
	LINUX("'timeOffsets':null", NULL),
	LINUX("'timeOffsets':{'monotonic':{'secs':-5,'nanosecs':999999999},'boottime':{'secs':5}}", NULL),
	LINUX("'timeOffsets':{'monotonic':{'nanosecs':1000000000}}",
	      "/linux/timeOffsets/monotonic/nanosecs: 1000000000 is above the maximum 999999999"),
	LINUX("'timeOffsets':{'realtime':{'secs':1}}", "/linux/timeOffsets/realtime: unknown clock"),
	LINUX("'timeOffsets':{'boottime':5}", "/linux/timeOffsets/boottime: must be an object"),
	{ { .linux_ = "'namespaces':[" NS("mount") "],'timeOffsets':{'boottime':{'secs':1}}" },
	  "/linux/timeOffsets: needs \"time\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'timeOffsets':{}" }, NULL },
};

#define DEV(members) "'devices':[{" members "}]"

static const struct refusal devices_and_paths[] = {
	LINUX("'devices':null", NULL),
	LINUX(DEV("'path':'/dev/x','type':'c','major':4095,'minor':1048575,'fileMode':438,'uid':1,'gid':2"), NULL),
	LINUX(DEV("'path':'/dev/x','type':'b','major':1,'minor':1,'fileMode':8630"), NULL),
	LINUX(DEV("'path':'/dev/x','type':'p'"), NULL),
	LINUX(DEV("'path':'/dev/x','type':'c','minor':1"),
	      "/linux/devices/0/major: required for a device of this type"),
	LINUX(DEV("'path':'/dev/x','type':'u','major':1"),
	      "/linux/devices/0/minor: required for a device of this type"),
	LINUX(DEV("'path':'/dev/x','type':'c','major':4096,'minor':1"),
	      "/linux/devices/0/major: 4096 is above the maximum 4095"),
	LINUX(DEV("'path':'/dev/x','type':'c','major':1,'minor':-1"),
	      "/linux/devices/0/minor: -1 is below the minimum 0"),
	LINUX(DEV("'path':'/dev/x','type':'char','major':1,'minor':1"),
	      "/linux/devices/0/type: device type \"char\" is not one letter of \"cbup\""),
	LINUX(DEV("'path':'/dev/x','type':'','major':1,'minor':1"),
	      "/linux/devices/0/type: device type \"\" is not one letter of \"cbup\""),
	LINUX(DEV("'path':'/dev/x','major':1,'minor':1"), "/linux/devices/0/type: required"),
	LINUX(DEV("'type':'p'"), "/linux/devices/0/path: required"),
	LINUX(DEV("'type':'p','path':'dev/x'"), "/linux/devices/0/path: \"dev/x\" is not an absolute path"),
	LINUX(DEV("'type':'p','path':'/x','fileMode':65536"),
	      "/linux/devices/0/fileMode: 65536 is above the maximum 65535"),
	LINUX("'devices':[{'type':'p','path':'/b'},{'type':'p','path':'/a'},{'type':'p','path':'/b','major':1}]", NULL),
	LINUX("'devices':[{'type':'c','path':'/b','major':1,'minor':2},{'type':'u','path':'/b','major':1,'minor':2}]",
	      NULL),
	LINUX("'devices':[{'type':'p','path':'/b'},{'type':'p','path':'/a'},{'type':'c','path':'/b','major':1,"
	      "'minor':3}]",
	      "/linux/devices/2/path: another device than the one before at /b"),
	LINUX("'devices':[{'type':'c','path':'/b','major':1,'minor':2},{'type':'c','path':'/b','major':1,'minor':3}]",
	      "/linux/devices/1/path: another device than the one before at /b"),
	LINUX("'devices':[{'type':'c','path':'/b','major':null,'minor':2}]",
	      "/linux/devices/0/major: required for a device of this type"),
	LINUX("'cgroupsPath':null,'rootfsPropagation':null", NULL),
	LINUX("'cgroupsPath':'/a/b'", NULL),
	LINUX("'cgroupsPath':'a..b/..c'", NULL),
	LINUX("'cgroupsPath':''", NULL),
	LINUX("'cgroupsPath':'system.slice:kin:x'", NULL),
	LINUX("'cgroupsPath':'/a/../b'", "/linux/cgroupsPath: must not contain \"..\""),
	LINUX("'cgroupsPath':'..'", "/linux/cgroupsPath: must not contain \"..\""),
	LINUX("'cgroupsPath':'a//..'", "/linux/cgroupsPath: must not contain \"..\""),
	LINUX("'cgroupsPath':7", "/linux/cgroupsPath: must be a string"),
	LINUX("'maskedPaths':null,'readonlyPaths':[]", NULL),
	LINUX("'maskedPaths':['/proc/x'],'readonlyPaths':['/proc/y']", NULL),
	LINUX("'maskedPaths':['/proc/x','proc/y']", "/linux/maskedPaths/1: \"proc/y\" is not an absolute path"),
	LINUX("'readonlyPaths':['']", "/linux/readonlyPaths/0: \"\" is not an absolute path"),
	LINUX("'readonlyPaths':[{}]", "/linux/readonlyPaths/0: must be a string"),
	LINUX("'rootfsPropagation':''", NULL),
	LINUX("'rootfsPropagation':'rslave'", NULL),
	LINUX("'rootfsPropagation':'unbindable'", NULL),
	LINUX("'rootfsPropagation':'sharing'",
	      "/linux/rootfsPropagation: \"sharing\" is none of shared, slave, private, unbindable, rshared, rslave, "
	      "rprivate, runbindable"),
};

static const struct refusal sysctls[] = {
	LINUX("'sysctl':null", NULL),
	LINUX("'sysctl':{'net.ipv4.ip_forward':'1','net/core/somaxconn':'1','net.ipv4.conf.eth0/1.mtu':'5'}", NULL),
	LINUX("'sysctl':{'kernel.msgmax':'1','kernel/shmmax':'1','kernel.shm_rmid_forced':'0','fs.mqueue.msg_max':'1'}",
	      NULL),
	LINUX("'sysctl':{'kernel.sem':'1\\t2 3 4','kernel.hostname':'x','kernel.domainname':'y'}", NULL),
	LINUX("'sysctl':{'kernel.core_pattern':'|/x'}",
	      "/linux/sysctl/kernel.core_pattern: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'vm.swappiness':'1'}",
	      "/linux/sysctl/vm.swappiness: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'network.x':'1'}",
	      "/linux/sysctl/network.x: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'kernel.msgmaxi':'1'}",
	      "/linux/sysctl/kernel.msgmaxi: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'fs.mqueue':'1'}",
	      "/linux/sysctl/fs.mqueue: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'net':'1'}", "/linux/sysctl/net: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'net.':'1'}", "/linux/sysctl/net.: not the name of a sysctl"),
	LINUX("'sysctl':{'net/../kernel/core_pattern':'1'}",
	      "/linux/sysctl/net~1..~1kernel~1core_pattern: not the name of a sysctl"),
	LINUX("'sysctl':{'net.//.kernel':'1'}", "/linux/sysctl/net.~1~1.kernel: not the name of a sysctl"),
	LINUX("'sysctl':{'/net/x':'1'}", "/linux/sysctl/~1net~1x: not the name of a sysctl"),
	LINUX("'sysctl':{'net..x':'1'}", "/linux/sysctl/net..x: not the name of a sysctl"),
	LINUX("'sysctl':{'net.a b':'1'}", "/linux/sysctl/net.a b: not the name of a sysctl"),
	LINUX("'sysctl':{'':'1'}", "/linux/sysctl/: not the name of a sysctl"),
	LINUX("'sysctl':{'net.x':'1\\n2'}", "/linux/sysctl/net.x: the value must be one line"),
	LINUX("'sysctl':{'net.x':1}", "/linux/sysctl/net.x: must be a string"),
	LINUX("'sysctl':['net.x']", "/linux/sysctl: must be an object"),
	{ { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'net.x':'1'}" },
	  "/linux/sysctl/net.x: needs \"network\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'kernel.shmmni':'1'}" },
	  "/linux/sysctl/kernel.shmmni: needs \"ipc\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'kernel.hostname':'1'}" },
	  "/linux/sysctl/kernel.hostname: needs \"uts\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") ",{'type':'network','path':'/x'}],'sysctl':{'net.x':'1'}" }, NULL },
};

#define SEC(members)  "'seccomp':{" members "}"
#define RULE(members) SEC("'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{" members "}]")

static const struct refusal seccomp[] = {
	LINUX("'seccomp':null", NULL),
	LINUX(SEC(""), "/linux/seccomp/defaultAction: required"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW'"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','syscalls':null,'flags':null,'architectures':null"), NULL),
	LINUX(SEC("'defaultAction':'ALLOW'"), "/linux/seccomp/defaultAction: unknown action \"ALLOW\""),
	LINUX(SEC("'defaultAction':'SCMP_ACT_NOTIFY'"), "/linux/seccomp/listenerPath: required with SCMP_ACT_NOTIFY: "
							"the socket of the agent that is to be asked"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_NOTIFY','listenerPath':'/x'"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_NOTIFY','listenerPath':'/x','defaultErrnoRet':1"),
	      "/linux/seccomp/defaultErrnoRet: SCMP_ACT_NOTIFY takes no errno"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_TRACE','defaultErrnoRet':null"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_KILL','defaultErrnoRet':38"),
	      "/linux/seccomp/defaultErrnoRet: SCMP_ACT_KILL takes no errno"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_LOG','architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_RISCV64']"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_LOG','architectures':['SCMP_ARCH_X86_64','x86']"),
	      "/linux/seccomp/architectures/1: unknown architecture \"x86\""),
	LINUX(SEC("'defaultAction':'SCMP_ACT_TRAP','flags':[]"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_TRAP','flags':['SECCOMP_FILTER_FLAG_LOG','X']"),
	      "/linux/seccomp/flags/1: unknown flag \"X\""),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'','listenerMetadata':''"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/x','listenerMetadata':'y'"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'x'"),
	      "/linux/seccomp/listenerPath: \"x\" is not an absolute path"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerPath':1"),
	      "/linux/seccomp/listenerPath: must be a string"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerMetadata':'x'"),
	      "/linux/seccomp/listenerMetadata: needs /linux/seccomp/listenerPath"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_ERRNO','errnoRet':1,'args':null"), NULL),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_ERRNO','args':[{'index':5,'value':18446744073709551615,"
		   "'valueTwo':1,'op':'SCMP_CMP_MASKED_EQ'}]"),
	      NULL),
	LINUX(RULE("'action':'SCMP_ACT_ERRNO'"), "/linux/seccomp/syscalls/0/names: required"),
	LINUX(RULE("'names':[],'action':'SCMP_ACT_ERRNO'"), "/linux/seccomp/syscalls/0/names: required (it is empty)"),
	LINUX(RULE("'names':['read',''],'action':'SCMP_ACT_ERRNO'"),
	      "/linux/seccomp/syscalls/0/names/1: a system call's name must not be empty"),
	LINUX(RULE("'names':['read']"), "/linux/seccomp/syscalls/0/action: required"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_NOTIFY'"),
	      "/linux/seccomp/listenerPath: required with SCMP_ACT_NOTIFY: the socket of the agent that is to be "
	      "asked"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_NONE'"),
	      "/linux/seccomp/syscalls/0/action: unknown action \"SCMP_ACT_NONE\""),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_KILL','errnoRet':1"),
	      "/linux/seccomp/syscalls/0/errnoRet: SCMP_ACT_KILL takes no errno"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_ERRNO','errnoRet':4294967296"),
	      "/linux/seccomp/syscalls/0/errnoRet: 4294967296 is above the maximum 4294967295"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':6,'value':0,'op':'SCMP_CMP_EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/index: 6 is above the maximum 5"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':0,'value':0,'op':'EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/op: unknown operator \"EQ\""),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':0,'op':'SCMP_CMP_EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/value: required"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':0,'value':-1,'op':'SCMP_CMP_EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/value: -1 is below the minimum 0"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':{}"),
	      "/linux/seccomp/syscalls/0/args: must be an array"),
};

#define ALONE(linux__, want_)                                                                                          \
	{                                                                                                              \
		{ .linux_ = "'namespaces':[" NS("mount") "]," linux__ }, want_                                         \
	}

static const struct refusal net_devices[] = {
	LINUX("'netDevices':{'eth0':{},'eth1':null,'eth2':{'name':'x%d'}}", NULL),
	LINUX("'netDevices':{'eth0':{'name':'a/b'}}",
	      "/linux/netDevices/eth0/name: the name \"a/b\" of a network device has a slash, a colon or white space"),
	LINUX("'netDevices':{'eth0':{'name':'e%s'}}",
	      "/linux/netDevices/eth0/name: the name \"e%s\" of a network device has a % that is not its only %d"),
	LINUX("'netDevices':{'eth0':{'name':'0123456789abcdef'}}",
	      "/linux/netDevices/eth0/name: the name \"0123456789abcdef\" of a network device is longer than 15 bytes"),
	LINUX("'netDevices':{'eth0':{'name':'x'},'eth1':{'name':'x'}}",
	      "/linux/netDevices/eth1: the name \"x\" is given twice"),
	ALONE("'netDevices':{}", NULL),
	ALONE("'netDevices':{'eth0':{}}", "/linux/netDevices: needs \"network\" in /linux/namespaces"),
};
TABLE_TEST(net_devices)

#define CONTEXT(value, want) TOP("'annotations':{'run.oci.mount_context_type':'" value "'}", want)

/* Whether the machine has the module is the compiler's to say. */
static const struct refusal labels[] = {
	PROC("'apparmorProfile':'','selinuxLabel':null", NULL),
	PROC("'apparmorProfile':'docker-default'", NULL),
	PROC("'apparmorProfile':5", "/process/apparmorProfile: must be a string"),
	PROC("'selinuxLabel':'system_u:system_r:container_t:s0:c1,c2'", NULL),
	PROC("'selinuxLabel':[]", "/process/selinuxLabel: must be a string"),
	LINUX("'mountLabel':''", NULL),
	LINUX("'mountLabel':null", NULL),
	LINUX("'mountLabel':'system_u:object_r:container_file_t:s0'", NULL),
	LINUX("'mountLabel':{}", "/linux/mountLabel: must be a string"),
	CONTEXT("context", NULL),
	CONTEXT("fscontext", NULL),
	CONTEXT("defcontext", NULL),
	CONTEXT("rootcontext", NULL),
	CONTEXT("other", "/annotations/run.oci.mount_context_type: "
			 "\"other\" is none of context, fscontext, defcontext, rootcontext"),
};

/* Meant for programs that kin is not; alone they ask for nothing. */
static const struct refusal handlers[] = {
	TOP("'annotations':{'run.oci.systemd.force_cgroup_v1':''}", NULL),
	TOP("'annotations':{'run.oci.systemd.force_cgroup_v1':'/sys/fs/cgroup'}",
	    "/annotations/run.oci.systemd.force_cgroup_v1: \"/sys/fs/cgroup\": not supported by kin"),
	TOP("'annotations':{'run.oci.systemd.subgroup':'a/../b'}",
	    "/annotations/run.oci.systemd.subgroup: must be below the container's cgroup, without \"..\""),
	TOP("'annotations':{'run.oci.delegate-cgroup':'..'}",
	    "/annotations/run.oci.delegate-cgroup: must be below the container's cgroup, without \"..\""),
	TOP("'annotations':{'run.oci.delegate-cgroup':'a/cgroup.procs'}",
	    "/annotations/run.oci.delegate-cgroup: \"cgroup.procs\" is not the name of a cgroup"),
	TOP("'annotations':{'run.oci.delegate-cgroup':'1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17'}",
	    "/annotations/run.oci.delegate-cgroup: more than 16 levels"),
	TOP("'annotations':{'run.oci.hooks.stdout':'/var/log/hooks'}", NULL),
	TOP("'annotations':{'run.oci.hooks.stdout':'hooks'}",
	    "/annotations/run.oci.hooks.stdout: \"hooks\" is not an absolute path"),
	TOP("'annotations':{'run.oci.hooks.stderr':''}",
	    "/annotations/run.oci.hooks.stderr: \"\" is not an absolute path"),
	TOP("'annotations':{'run.oci.handler':''}", NULL),
	TOP("'annotations':{'run.oci.handler':'wasm'}", "/annotations/run.oci.handler: \"wasm\": not supported by kin"),
	TOP("'annotations':{'module.wasm.image/variant':'compat','krun.cpus':'1'}", NULL),
	TOP("'annotations':{'io.kubernetes.cri.container-type':'sandbox'}", NULL),
};

TABLE_TEST(handlers)
TABLE_TEST(labels)
TABLE_TEST(namespaces)
TABLE_TEST(devices_and_paths)
TABLE_TEST(sysctls)
TABLE_TEST(seccomp)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_namespaces),  cmocka_unit_test(refuses_devices_and_paths),
		cmocka_unit_test(refuses_sysctls),     cmocka_unit_test(refuses_seccomp),
		cmocka_unit_test(refuses_net_devices), cmocka_unit_test(refuses_labels),
		cmocka_unit_test(refuses_handlers),
	};

	return cmocka_run_group_tests_name("spec linux refusals", tests, NULL, NULL);
}
