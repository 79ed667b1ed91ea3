/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the runtime-spec (1.3) demands of a configuration: for each demand one configuration that violates it and nothing
 * else, taken through all that is done before anything is created - decoded, checked, compiled.  The finding is one line
 * that begins with the place.  Words in full, and neighbours that are right, are in test_spec_refusals.c,
 * test_spec_linux.c and test_spec_resources.c.
 */
#include "spec_refusal.h"

#include <errno.h>

#include "plan/compile.h"

struct violation {
	const char *rule;
	struct pieces pieces;
	const char *where;
	const char *words; /* in what follows the place */
};

#define T(more_)                                                                                                       \
	{                                                                                                              \
		.more = more_                                                                                          \
	}
#define P(process_)                                                                                                    \
	{                                                                                                              \
		.process = PROCESS_PIECE "," process_                                                                  \
	}
#define L(linux__)                                                                                                     \
	{                                                                                                              \
		.linux_ = NAMESPACES_PIECE "," linux__                                                                 \
	}
#define NSS(more)                                                                                                      \
	{                                                                                                              \
		.linux_ = "'namespaces':[" NS("mount") more "]"                                                        \
	}
#define RES(members)  L("'resources':{" members "}")
#define R	      "/linux/resources"
#define SEC(more)     L("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'," more "}")
#define RULE(more)    SEC("'syscalls':[{" more "}]")
#define ARG(more)     RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{" more "}]")
#define MOUNT(more)   T("'mounts':[{" more "}]")
#define HOOK(k, more) T("'hooks':{'" k "':[{" more "}]}")
#define DEV(more)     L("'devices':[{" more "}]")
#define MAPS(u, g)    L("'uidMappings':[" u "],'gidMappings':[" g "]")
#define ONE	      "{'containerID':0,'hostID':1000,'size':1}"

static const struct violation document[] = {
	{ "ociVersion is required", { .version = "" }, "/ociVersion", "required" },
	{ "ociVersion is a string", { .version = "'ociVersion':1.2" }, "/ociVersion", "string" },
	{ "ociVersion is SemVer", { .version = "'ociVersion':'1.2'" }, "/ociVersion", "not a version" },
	{ "ociVersion has no leading zeros", { .version = "'ociVersion':'1.02.0'" }, "/ociVersion", "not a version" },
	{ "ociVersion's suffix is SemVer's", { .version = "'ociVersion':'1.2.0-+x'" }, "/ociVersion", "not a version" },
	{ "ociVersion's major is one we know", { .version = "'ociVersion':'3.0.0'" }, "/ociVersion", "not supported" },
	{ "ociVersion is not of before the first",
	  { .version = "'ociVersion':'0.9.0'" },
	  "/ociVersion",
	  "not supported" },
	{ "root is required", { .root = "null" }, "/root", "required" },
	{ "root is an object", { .root = "'rootfs'" }, "/root", "object" },
	{ "root.path is required", { .root = "{'readonly':true}" }, "/root/path", "required" },
	{ "root.path is not empty", { .root = "{'path':''}" }, "/root/path", "empty" },
	{ "root.readonly is a boolean", { .root = "{'path':'x','readonly':'no'}" }, "/root/readonly", "true or false" },
	{ "hostname is a string", T("'hostname':{}"), "/hostname", "string" },
	{ "hostname needs a uts namespace",
	  { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'hostname':'h'" },
	  "/hostname",
	  "needs" },
	{ "domainname is a string", T("'domainname':1"), "/domainname", "string" },
	{ "domainname needs a uts namespace",
	  { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'domainname':'d'" },
	  "/domainname",
	  "needs" },
	{ "annotations is an object", T("'annotations':[]"), "/annotations", "object" },
	{ "an annotation's key is not empty", T("'annotations':{'':'v'}"), "/annotations/", "empty" },
	{ "an annotation's value is a string", T("'annotations':{'k':{}}"), "/annotations/k", "string" },
};

static const struct violation process[] = {
	{ "process is an object", { .process = "", .more = "'process':[]" }, "/process", "object" },
	{ "process is required", { .process = "" }, "/process", "required" },
	{ "args is required", { .process = "'cwd':'/'" }, "/process/args", "required" },
	{ "args has an entry", { .process = "'cwd':'/','args':[]" }, "/process/args", "empty" },
	{ "args is an array", { .process = "'cwd':'/','args':'sh'" }, "/process/args", "array" },
	{ "args are strings", { .process = "'cwd':'/','args':['sh',1]" }, "/process/args/1", "string" },
	{ "cwd is required", { .process = "'args':['sh']" }, "/process/cwd", "required" },
	{ "cwd is absolute", { .process = "'args':['sh'],'cwd':'./x'" }, "/process/cwd", "not an absolute path" },
	{ "cwd is a string", { .process = "'args':['sh'],'cwd':[]" }, "/process/cwd", "string" },
	{ "env is an array", P("'env':{'A':'b'}"), "/process/env", "array" },
	{ "env entries are strings", P("'env':[1]"), "/process/env/0", "string" },
	{ "env entries have a value", P("'env':['A']"), "/process/env/0", "NAME=value" },
	{ "env entries have a name", P("'env':['=b']"), "/process/env/0", "no name" },
	{ "terminal is a boolean", P("'terminal':1"), "/process/terminal", "true or false" },
	{ "consoleSize has a height", P("'terminal':true,'consoleSize':{'width':1}"), "/process/consoleSize/height",
	  "required" },
	{ "consoleSize has a width", P("'terminal':true,'consoleSize':{'height':1}"), "/process/consoleSize/width",
	  "required" },
	{ "a console's height is not negative", P("'terminal':true,'consoleSize':{'height':-1,'width':1}"),
	  "/process/consoleSize/height", "below" },
	{ "user is an object", P("'user':'root'"), "/process/user", "object" },
	{ "uid is an integer", P("'user':{'uid':'0'}"), "/process/user/uid", "integer" },
	{ "uid is one", P("'user':{'uid':4294967295}"), "/process/user/uid", "no id" },
	{ "gid is not negative", P("'user':{'gid':-1}"), "/process/user/gid", "below" },
	{ "uid exists in the user namespace", P("'user':{'uid':7}"), "/process/user/uid", "not mapped" },
	{ "gid exists in the user namespace", P("'user':{'gid':7}"), "/process/user/gid", "not mapped" },
	{ "umask is one", P("'user':{'umask':-1}"), "/process/user/umask", "below" },
	{ "additionalGids are integers", P("'user':{'additionalGids':['0']}"), "/process/user/additionalGids/0",
	  "integer" },
	{ "additionalGids is an array", P("'user':{'additionalGids':0}"), "/process/user/additionalGids", "array" },
	{ "capabilities is an object", P("'capabilities':['CAP_KILL']"), "/process/capabilities", "object" },
	{ "effective is an array", P("'capabilities':{'effective':'CAP_KILL'}"), "/process/capabilities/effective",
	  "array" },
	{ "bounding is of strings", P("'capabilities':{'bounding':[5]}"), "/process/capabilities/bounding/0",
	  "string" },
	{ "effective ones are permitted", P("'capabilities':{'bounding':['CAP_KILL'],'effective':['CAP_KILL']}"),
	  "/process/capabilities/effective", "permitted" },
	{ "inheritable ones are bounding", P("'capabilities':{'inheritable':['CAP_KILL']}"),
	  "/process/capabilities/inheritable", "bounding" },
	{ "rlimits is an array", P("'rlimits':{}"), "/process/rlimits", "array" },
	{ "a rlimit has a type", P("'rlimits':[{'soft':1,'hard':1}]"), "/process/rlimits/0/type", "required" },
	{ "a rlimit's type is one", P("'rlimits':[{'type':'RLIMIT_X','soft':1,'hard':1}]"), "/process/rlimits/0/type",
	  "unknown" },
	{ "a rlimit has a soft limit", P("'rlimits':[{'type':'RLIMIT_CPU','hard':1}]"), "/process/rlimits/0/soft",
	  "required" },
	{ "a rlimit has a hard limit", P("'rlimits':[{'type':'RLIMIT_CPU','soft':0}]"), "/process/rlimits/0/hard",
	  "required" },
	{ "a soft limit is not above the hard one", P("'rlimits':[{'type':'RLIMIT_CPU','soft':2,'hard':1}]"),
	  "/process/rlimits/0/soft", "above the hard limit" },
	{ "a rlimit is there once",
	  P("'rlimits':[{'type':'RLIMIT_CPU','soft':1,'hard':1},{'type':'RLIMIT_CPU','soft':1,'hard':1}]"),
	  "/process/rlimits/1/type", "duplicate" },
	{ "noNewPrivileges is a boolean", P("'noNewPrivileges':'yes'"), "/process/noNewPrivileges", "true or false" },
	{ "oomScoreAdj is in its range", P("'oomScoreAdj':1001"), "/process/oomScoreAdj", "above" },
	{ "oomScoreAdj is an integer", P("'oomScoreAdj':0.5"), "/process/oomScoreAdj", "integer" },
};

static const struct violation mounts[] = {
	{ "mounts is an array", T("'mounts':{}"), "/mounts", "array" },
	{ "a mount is an object", T("'mounts':['/x']"), "/mounts/0", "object" },
	{ "a mount has a destination", MOUNT("'type':'tmpfs'"), "/mounts/0/destination", "required" },
	{ "a destination is a string", MOUNT("'type':'tmpfs','destination':0"), "/mounts/0/destination", "string" },
	{ "a destination is not empty", MOUNT("'type':'tmpfs','destination':''"), "/mounts/0/destination", "empty" },
	{ "a mount that is no bind has a type", MOUNT("'destination':'/x','source':'y'"), "/mounts/0/type",
	  "required" },
	{ "a type is a string", MOUNT("'destination':'/x','type':1,'options':['bind'],'source':'/y'"), "/mounts/0/type",
	  "string" },
	{ "a bind has a source", MOUNT("'destination':'/x','options':['rbind']"), "/mounts/0/source", "required" },
	{ "a source is a string", MOUNT("'destination':'/x','type':'tmpfs','source':[]"), "/mounts/0/source",
	  "string" },
	{ "options is an array", MOUNT("'destination':'/x','type':'tmpfs','options':'ro'"), "/mounts/0/options",
	  "array" },
	{ "options are strings", MOUNT("'destination':'/x','type':'tmpfs','options':[null]"), "/mounts/0/options/0",
	  "string" },
	{ "a bind has no data", MOUNT("'destination':'/x','type':'bind','source':'/y','options':['size=1k']"),
	  "/mounts/0/options/0", "unknown option" },
	{ "nothing is mounted inside /proc",
	  MOUNT("'destination':'/proc/sys','type':'bind','source':'/y','options':['bind']"), "/mounts/0/destination",
	  "inside /proc" },
	{ "/proc is a proc file system", MOUNT("'destination':'/proc','type':'tmpfs'"), "/mounts/0/destination",
	  "proc" },
};

static const struct violation hooks[] = {
	{ "hooks is an object", T("'hooks':[]"), "/hooks", "object" },
	{ "prestart is an array", T("'hooks':{'prestart':{}}"), "/hooks/prestart", "array" },
	{ "a hook is an object", T("'hooks':{'poststop':['/x']}"), "/hooks/poststop/0", "object" },
	{ "a prestart hook has a path", HOOK("prestart", "'args':['x']"), "/hooks/prestart/0/path", "required" },
	{ "a prestart hook's path is absolute", HOOK("prestart", "'path':'x'"), "/hooks/prestart/0/path", "absolute" },
	{ "a createRuntime hook's path is absolute", HOOK("createRuntime", "'path':'x'"), "/hooks/createRuntime/0/path",
	  "absolute" },
	{ "a createContainer hook's path is absolute", HOOK("createContainer", "'path':'x'"),
	  "/hooks/createContainer/0/path", "absolute" },
	{ "a startContainer hook's path is absolute", HOOK("startContainer", "'path':'x'"),
	  "/hooks/startContainer/0/path", "absolute" },
	{ "a poststart hook's path is absolute", HOOK("poststart", "'path':'x'"), "/hooks/poststart/0/path",
	  "absolute" },
	{ "a poststop hook's path is absolute", HOOK("poststop", "'path':'x'"), "/hooks/poststop/0/path", "absolute" },
	{ "a hook's path is a string", HOOK("poststop", "'path':['/x']"), "/hooks/poststop/0/path", "string" },
	{ "a hook's args are strings", HOOK("poststop", "'path':'/x','args':[1]"), "/hooks/poststop/0/args/0",
	  "string" },
	{ "a hook's env is of strings", HOOK("poststop", "'path':'/x','env':[null]"), "/hooks/poststop/0/env/0",
	  "string" },
	{ "a hook's timeout is above zero", HOOK("poststop", "'path':'/x','timeout':0"), "/hooks/poststop/0/timeout",
	  "below" },
	{ "a hook's timeout is an integer", HOOK("poststop", "'path':'/x','timeout':'5'"), "/hooks/poststop/0/timeout",
	  "integer" },
};

static const struct violation namespaces[] = {
	{ "namespaces is an array", { .linux_ = "'namespaces':'mount'" }, "/linux/namespaces", "array" },
	{ "a namespace has a type", NSS(",{'path':'/x'}"), "/linux/namespaces/1/type", "required" },
	{ "a namespace's type is one", NSS("," NS("net")), "/linux/namespaces/1/type", "unknown" },
	{ "a namespace's path is absolute", NSS(",{'type':'ipc','path':'x'}"), "/linux/namespaces/1/path", "absolute" },
	{ "a namespace's path is a string", NSS(",{'type':'ipc','path':5}"), "/linux/namespaces/1/path", "string" },
	{ "a namespace is there once", NSS("," NS("ipc") "," NS("ipc")), "/linux/namespaces/2", "duplicate" },
	{ "there is a mount namespace",
	  { .linux_ = "'namespaces':[" NS("ipc") "]" },
	  "/linux/namespaces",
	  "mount namespace" },
	{ "mappings need a user namespace",
	  { .linux_ = "'namespaces':[" NS("mount") "],'uidMappings':[" ONE "]" },
	  "/linux/uidMappings",
	  "needs" },
	{ "a mapping has containerID", MAPS("{'hostID':1000,'size':1}", ONE), "/linux/uidMappings/0/containerID",
	  "required" },
	{ "a mapping has hostID", MAPS(ONE, "{'containerID':0,'size':1}"), "/linux/gidMappings/0/hostID", "required" },
	{ "a mapping has a size", MAPS("{'containerID':0,'hostID':1000}," ONE, ONE), "/linux/uidMappings/0/size",
	  "required" },
	{ "a mapping's size is not zero", MAPS(ONE ",{'containerID':1,'hostID':1,'size':0}", ONE),
	  "/linux/uidMappings/1/size", "below" },
	{ "a mapping ends within the ids", MAPS(ONE ",{'containerID':1,'hostID':4294967294,'size':2}", ONE),
	  "/linux/uidMappings/1/size", "last id" },
	{ "mappings do not overlap inside", MAPS(ONE ",{'containerID':0,'hostID':5,'size':1}", ONE),
	  "/linux/uidMappings/1/containerID", "overlaps" },
	{ "mappings do not overlap outside", MAPS(ONE ",{'containerID':1,'hostID':1000,'size':1}", ONE),
	  "/linux/uidMappings/1/hostID", "overlaps" },
	{ "uidMappings and gidMappings come together", L("'uidMappings':[" ONE "]"), "/linux/gidMappings",
	  "required together" },
	{ "the program's user is mapped, also where there is no id 0",
	  { .process = PROCESS_PIECE ",'user':{'uid':5}",
	    .linux_ = NAMESPACES_PIECE ",'uidMappings':[{'containerID':6,'hostID':5,'size':1}],'gidMappings':[" ONE
				       "]" },
	  "/process/user/uid",
	  "not mapped" },
	{ "timeOffsets is an object", L("'timeOffsets':[]"), "/linux/timeOffsets", "object" },
	{ "timeOffsets has known clocks", L("'timeOffsets':{'realtime':{}}"), "/linux/timeOffsets/realtime",
	  "unknown" },
	{ "nanosecs is below a second", L("'timeOffsets':{'boottime':{'nanosecs':1000000000}}"),
	  "/linux/timeOffsets/boottime/nanosecs", "above" },
	{ "timeOffsets needs a time namespace",
	  { .linux_ = "'namespaces':[" NS("mount") "],'timeOffsets':{'boottime':{'secs':1}}" },
	  "/linux/timeOffsets",
	  "needs" },
	{ "timeOffsets needs a new time namespace",
	  { .linux_ = "'namespaces':[" NS("mount") ",{'type':'time','path':'/x'}],'timeOffsets':{'boottime':{'secs':1}"
						   "}" },
	  "/linux/timeOffsets",
	  "new" },
};

static const struct violation devices_and_paths[] = {
	{ "devices is an array", L("'devices':{}"), "/linux/devices", "array" },
	{ "a device has a type", DEV("'path':'/dev/x','major':1,'minor':1"), "/linux/devices/0/type", "required" },
	{ "a device's type is one", DEV("'path':'/dev/x','type':'d','major':1,'minor':1"), "/linux/devices/0/type",
	  "not one letter" },
	{ "a device has a path", DEV("'type':'c','major':1,'minor':1"), "/linux/devices/0/path", "required" },
	{ "a device's path is absolute", DEV("'type':'c','path':'dev/x','major':1,'minor':1"), "/linux/devices/0/path",
	  "absolute" },
	{ "a device has a major number", DEV("'type':'b','path':'/dev/x','minor':1"), "/linux/devices/0/major",
	  "required" },
	{ "a device has a minor number", DEV("'type':'c','path':'/dev/x','major':1"), "/linux/devices/0/minor",
	  "required" },
	{ "a device's mode is one", DEV("'type':'p','path':'/dev/x','fileMode':'0666'"), "/linux/devices/0/fileMode",
	  "integer" },
	{ "a device's owner is an id", DEV("'type':'p','path':'/dev/x','uid':-1"), "/linux/devices/0/uid", "below" },
	{ "a device's path is one device's",
	  L("'devices':[{'type':'p','path':'/dev/x'},{'type':'c','path':'/dev/x','major':1,'minor':3}]"),
	  "/linux/devices/1/path", "another device" },
	{ "cgroupsPath is a string", L("'cgroupsPath':[]"), "/linux/cgroupsPath", "string" },
	{ "cgroupsPath stays where it may be", L("'cgroupsPath':'/a/../../b'"), "/linux/cgroupsPath", ".." },
	{ "rootfsPropagation is one of four", L("'rootfsPropagation':'public'"), "/linux/rootfsPropagation",
	  "none of" },
	{ "maskedPaths are absolute", L("'maskedPaths':['x']"), "/linux/maskedPaths/0", "absolute" },
	{ "maskedPaths is an array", L("'maskedPaths':'/x'"), "/linux/maskedPaths", "array" },
	{ "readonlyPaths are absolute", L("'readonlyPaths':['/x','y']"), "/linux/readonlyPaths/1", "absolute" },
	{ "readonlyPaths are strings", L("'readonlyPaths':[7]"), "/linux/readonlyPaths/0", "string" },
	{ "sysctl is an object", L("'sysctl':['a']"), "/linux/sysctl", "object" },
	{ "sysctl's values are strings", L("'sysctl':{'net.x':1}"), "/linux/sysctl/net.x", "string" },
	{ "sysctl is of the container's namespaces", L("'sysctl':{'kernel.panic':'1'}"), "/linux/sysctl/kernel.panic",
	  "not allowed" },
	{ "net sysctls need a network namespace",
	  { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'net.core.somaxconn':'1'}" },
	  "/linux/sysctl/net.core.somaxconn",
	  "needs" },
	{ "ipc sysctls need an ipc namespace",
	  { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'fs.mqueue.msg_max':'1'}" },
	  "/linux/sysctl/fs.mqueue.msg_max",
	  "needs" },
};

static const struct violation resources[] = {
	{ "resources is an object", L("'resources':[]"), R, "object" },
	{ "device rules are an array", RES("'devices':{}"), R "/devices", "array" },
	{ "a device rule allows or denies", RES("'devices':[{'access':'r'}]"), R "/devices/0/allow", "required" },
	{ "a device rule's type is one", RES("'devices':[{'allow':true,'type':'x'}]"), R "/devices/0/type",
	  "not one letter" },
	{ "a device rule's access is r, w, m", RES("'devices':[{'allow':true,'access':'rx'}]"), R "/devices/0/access",
	  "letters" },
	{ "a device rule's numbers are", RES("'devices':[{'allow':true,'minor':'5'}]"), R "/devices/0/minor",
	  "integer" },
	{ "memory is an object", RES("'memory':5"), R "/memory", "object" },
	{ "memory.limit is an integer", RES("'memory':{'limit':'1g'}"), R "/memory/limit", "integer" },
	{ "memory.reservation is an amount", RES("'memory':{'reservation':-5}"), R "/memory/reservation", "below" },
	{ "memory.swap needs a limit", RES("'memory':{'swap':10}"), R "/memory/swap", "needs" },
	{ "memory.swap counts memory, too", RES("'memory':{'limit':10,'swap':9}"), R "/memory/swap", "below" },
	{ "swappiness is at most 100", RES("'memory':{'swappiness':101}"), R "/memory/swappiness", "above" },
	{ "disableOOMKiller is a boolean", RES("'memory':{'disableOOMKiller':0}"), R "/memory/disableOOMKiller",
	  "true or false" },
	{ "cpu.shares is not negative", RES("'cpu':{'shares':-1}"), R "/cpu/shares", "below" },
	{ "cpu.quota is one the kernel has", RES("'cpu':{'quota':1}"), R "/cpu/quota", "below" },
	{ "cpu.period is one the kernel has", RES("'cpu':{'quota':5000,'period':2000000}"), R "/cpu/period", "above" },
	{ "cpu.burst is not above the quota", RES("'cpu':{'quota':5000,'burst':6000}"), R "/cpu/burst", "above" },
	{ "cpu.idle is 0 or 1", RES("'cpu':{'idle':2}"), R "/cpu/idle", "above" },
	{ "cpu.cpus is a list", RES("'cpu':{'cpus':'0;1'}"), R "/cpu/cpus", "not a list" },
	{ "cpu.mems is a list", RES("'cpu':{'mems':'one'}"), R "/cpu/mems", "not a list" },
	{ "pids.limit is an integer", RES("'pids':{'limit':'max'}"), R "/pids/limit", "integer" },
	{ "blockIO.weight is at least 10", RES("'blockIO':{'weight':5}"), R "/blockIO/weight", "below" },
	{ "blockIO.weight is at most 1000", RES("'blockIO':{'weight':1001}"), R "/blockIO/weight", "above" },
	{ "blockIO.leafWeight is at least 10", RES("'blockIO':{'leafWeight':9}"), R "/blockIO/leafWeight", "below" },
	{ "blockIO.leafWeight is at most 1000", RES("'blockIO':{'leafWeight':1001}"), R "/blockIO/leafWeight",
	  "above" },
	{ "a weightDevice has a major number", RES("'blockIO':{'weightDevice':[{'minor':0,'weight':10}]}"),
	  R "/blockIO/weightDevice/0/major", "required" },
	{ "a weightDevice has a minor number", RES("'blockIO':{'weightDevice':[{'major':8,'weight':10}]}"),
	  R "/blockIO/weightDevice/0/minor", "required" },
	{ "a weightDevice has a weight", RES("'blockIO':{'weightDevice':[{'major':8,'minor':0}]}"),
	  R "/blockIO/weightDevice/0", "needs a weight" },
	{ "a weightDevice's leafWeight is in range",
	  RES("'blockIO':{'weightDevice':[{'major':8,'minor':0,'leafWeight':2000}]}"),
	  R "/blockIO/weightDevice/0/leafWeight", "above" },
	{ "a throttle has a major number", RES("'blockIO':{'throttleReadBpsDevice':[{'minor':0,'rate':1}]}"),
	  R "/blockIO/throttleReadBpsDevice/0/major", "required" },
	{ "a throttle has a minor number", RES("'blockIO':{'throttleWriteBpsDevice':[{'major':0,'rate':1}]}"),
	  R "/blockIO/throttleWriteBpsDevice/0/minor", "required" },
	{ "a throttle has a rate", RES("'blockIO':{'throttleReadIOPSDevice':[{'major':8,'minor':0}]}"),
	  R "/blockIO/throttleReadIOPSDevice/0/rate", "required" },
	{ "a throttle's rate is an amount",
	  RES("'blockIO':{'throttleWriteIOPSDevice':[{'major':8,'minor':0,'rate':-7}]}"),
	  R "/blockIO/throttleWriteIOPSDevice/0/rate", "below" },
	{ "hugepageLimits is an array", RES("'hugepageLimits':{}"), R "/hugepageLimits", "array" },
	{ "a hugepageLimit has a pageSize", RES("'hugepageLimits':[{'limit':1}]"), R "/hugepageLimits/0/pageSize",
	  "required" },
	{ "a pageSize is one", RES("'hugepageLimits':[{'pageSize':'2M','limit':1}]"), R "/hugepageLimits/0/pageSize",
	  "not the size" },
	{ "a hugepageLimit has a limit", RES("'hugepageLimits':[{'pageSize':'2MB'}]"), R "/hugepageLimits/0/limit",
	  "required" },
	{ "network.classID is 32 bits", RES("'network':{'classID':4294967296}"), R "/network/classID", "above" },
	{ "a network priority has a name", RES("'network':{'priorities':[{'priority':1}]}"),
	  R "/network/priorities/0/name", "required" },
	{ "a network priority has a priority", RES("'network':{'priorities':[{'name':'eth0'}]}"),
	  R "/network/priorities/0/priority", "required" },
	{ "rdma is an object", RES("'rdma':[]"), R "/rdma", "object" },
	{ "a rdma device limits something", RES("'rdma':{'mlx5_1':{}}"), R "/rdma/mlx5_1", "needs" },
	{ "hcaHandles is a number", RES("'rdma':{'mlx5_1':{'hcaHandles':'3'}}"), R "/rdma/mlx5_1/hcaHandles",
	  "integer" },
	{ "unified names files, not paths", RES("'unified':{'a/memory.high':'1'}"), R "/unified/a~1memory.high",
	  "name of a cgroup v2 file" },
	{ "unified has strings", RES("'unified':{'memory.high':1}"), R "/unified/memory.high", "string" },
	{ "unified leaves processes alone", RES("'unified':{'cgroup.procs':'1'}"), R "/unified/cgroup.procs",
	  "cannot be set" },
};

static const struct violation seccomp[] = {
	{ "seccomp is an object", L("'seccomp':'unconfined'"), "/linux/seccomp", "object" },
	{ "defaultAction is required", L("'seccomp':{}"), "/linux/seccomp/defaultAction", "required" },
	{ "defaultAction is one", L("'seccomp':{'defaultAction':'SCMP_ACT_X'}"), "/linux/seccomp/defaultAction",
	  "unknown" },
	{ "defaultErrnoRet is for errors", SEC("'defaultErrnoRet':1"), "/linux/seccomp/defaultErrnoRet",
	  "takes no errno" },
	{ "defaultErrnoRet is an error", L("'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':4096}"),
	  "/linux/seccomp/defaultErrnoRet", "above" },
	{ "architectures are known", SEC("'architectures':['SCMP_ARCH_VAX']"), "/linux/seccomp/architectures/0",
	  "unknown" },
	{ "filter flags are known", SEC("'flags':['SECCOMP_FILTER_FLAG_X']"), "/linux/seccomp/flags/0", "unknown" },
	{ "syscalls is an array", SEC("'syscalls':{}"), "/linux/seccomp/syscalls", "array" },
	{ "a rule has names", RULE("'action':'SCMP_ACT_LOG'"), "/linux/seccomp/syscalls/0/names", "required" },
	{ "a rule has a name", RULE("'names':[],'action':'SCMP_ACT_LOG'"), "/linux/seccomp/syscalls/0/names", "empty" },
	{ "a rule's names are strings", RULE("'names':[0],'action':'SCMP_ACT_LOG'"),
	  "/linux/seccomp/syscalls/0/names/0", "string" },
	{ "a rule has an action", RULE("'names':['read']"), "/linux/seccomp/syscalls/0/action", "required" },
	{ "a rule's action is one", RULE("'names':['read'],'action':'allow'"), "/linux/seccomp/syscalls/0/action",
	  "unknown" },
	{ "errnoRet is for errors", RULE("'names':['read'],'action':'SCMP_ACT_TRAP','errnoRet':1"),
	  "/linux/seccomp/syscalls/0/errnoRet", "takes no errno" },
	{ "errnoRet is an error", RULE("'names':['read'],'action':'SCMP_ACT_ERRNO','errnoRet':65536"),
	  "/linux/seccomp/syscalls/0/errnoRet", "above" },
	{ "an argument has an index", ARG("'value':0,'op':'SCMP_CMP_EQ'"), "/linux/seccomp/syscalls/0/args/0/index",
	  "required" },
	{ "an argument's index is one", ARG("'index':6,'value':0,'op':'SCMP_CMP_EQ'"),
	  "/linux/seccomp/syscalls/0/args/0/index", "above" },
	{ "an argument has a value", ARG("'index':0,'op':'SCMP_CMP_EQ'"), "/linux/seccomp/syscalls/0/args/0/value",
	  "required" },
	{ "an argument has an operator", ARG("'index':0,'value':0"), "/linux/seccomp/syscalls/0/args/0/op",
	  "required" },
	{ "an argument's operator is one", ARG("'index':0,'value':0,'op':'=='"), "/linux/seccomp/syscalls/0/args/0/op",
	  "unknown" },
};

#define SCHED(more)  P("'scheduler':{" more "}")
#define IOPRIO(more) P("'ioPriority':{" more "}")
#define MPOL(more)   L("'memoryPolicy':{" more "}")
#define NETDEV(more) L("'netDevices':{" more "}")

static const struct violation scheduling[] = {
	{ "scheduler is an object", P("'scheduler':'SCHED_IDLE'"), "/process/scheduler", "object" },
	{ "a scheduler has a policy", SCHED("'nice':1"), "/process/scheduler/policy", "required" },
	{ "a policy is one", SCHED("'policy':'SCHED_FAIR'"), "/process/scheduler/policy", "unknown" },
	{ "nice is at least -20", SCHED("'policy':'SCHED_OTHER','nice':-21"), "/process/scheduler/nice", "-20" },
	{ "nice is at most 19", SCHED("'policy':'SCHED_BATCH','nice':20"), "/process/scheduler/nice", "19" },
	{ "a real-time priority is at most 99", SCHED("'policy':'SCHED_FIFO','priority':100"),
	  "/process/scheduler/priority", "99" },
	{ "priority is a real-time policy's", SCHED("'policy':'SCHED_OTHER','priority':1"),
	  "/process/scheduler/priority", "has none" },
	{ "scheduler's flags are an array", SCHED("'policy':'SCHED_RR','priority':1,'flags':'SCHED_FLAG_RECLAIM'"),
	  "/process/scheduler/flags", "array" },
	{ "scheduler's flags are known", SCHED("'policy':'SCHED_RR','priority':1,'flags':['SCHED_FLAG_X']"),
	  "/process/scheduler/flags/0", "unknown" },
	{ "runtime is not negative",
	  SCHED("'policy':'SCHED_DEADLINE','runtime':-1,'deadline':2000000,'period':2000000"),
	  "/process/scheduler/runtime", "below" },
	{ "ioPriority is an object", P("'ioPriority':4"), "/process/ioPriority", "object" },
	{ "an ioPriority has a class", IOPRIO("'priority':1"), "/process/ioPriority/class", "required" },
	{ "an ioPriority's class is one", IOPRIO("'class':'IOPRIO_CLASS_FAST','priority':1"),
	  "/process/ioPriority/class", "unknown" },
	{ "an ioPriority is at most 7", IOPRIO("'class':'IOPRIO_CLASS_BE','priority':8"),
	  "/process/ioPriority/priority", "above" },
	{ "an ioPriority is at least 0", IOPRIO("'class':'IOPRIO_CLASS_BE','priority':-1"),
	  "/process/ioPriority/priority", "below" },
	{ "initial CPUs are a list", P("'execCPUAffinity':{'initial':'all'}"), "/process/execCPUAffinity/initial",
	  "not a list" },
	{ "final CPUs are a list", P("'execCPUAffinity':{'final':'3-1'}"), "/process/execCPUAffinity/final",
	  "not a list" },
	{ "apparmorProfile is a string", P("'apparmorProfile':['x']"), "/process/apparmorProfile", "string" },
	{ "selinuxLabel is a string", P("'selinuxLabel':{}"), "/process/selinuxLabel", "string" },
};

static const struct violation linux_rest[] = {
	{ "mountLabel is a string", L("'mountLabel':7"), "/linux/mountLabel", "string" },
	{ "personality is an object", L("'personality':'LINUX'"), "/linux/personality", "object" },
	{ "a personality has a domain", L("'personality':{}"), "/linux/personality/domain", "required" },
	{ "a personality's domain is one of two", L("'personality':{'domain':'BSD'}"), "/linux/personality/domain",
	  "unknown" },
	{ "a personality has no flags", L("'personality':{'domain':'LINUX','flags':['ADDR_NO_RANDOMIZE']}"),
	  "/linux/personality/flags/0", "unknown" },
	{ "memoryPolicy is an object", L("'memoryPolicy':[]"), "/linux/memoryPolicy", "object" },
	{ "a memory policy has a mode", MPOL("'flags':[]"), "/linux/memoryPolicy/mode", "required" },
	{ "a memory policy's mode is one", MPOL("'mode':'MPOL_NEAR'"), "/linux/memoryPolicy/mode", "unknown" },
	{ "nodes are a list", MPOL("'mode':'MPOL_BIND','nodes':'zero'"), "/linux/memoryPolicy/nodes", "not a list" },
	{ "MPOL_BIND needs nodes", MPOL("'mode':'MPOL_BIND','nodes':''"), "/linux/memoryPolicy/nodes", "required" },
	{ "MPOL_DEFAULT has no nodes", MPOL("'mode':'MPOL_DEFAULT','nodes':'0'"), "/linux/memoryPolicy/nodes",
	  "empty" },
	{ "a memory policy's flags are known", MPOL("'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_X']"),
	  "/linux/memoryPolicy/flags/0", "unknown" },
	{ "static and relative nodes exclude each other",
	  MPOL("'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC_NODES','MPOL_F_RELATIVE_NODES']"),
	  "/linux/memoryPolicy/flags", "exclude" },
	{ "intelRdt is an object", L("'intelRdt':'x'"), "/linux/intelRdt", "object" },
	{ "closID is a string", L("'intelRdt':{'closID':1}"), "/linux/intelRdt/closID", "string" },
	{ "closID is a name, not a path", L("'intelRdt':{'closID':'a/b'}"), "/linux/intelRdt/closID",
	  "not the name of a class" },
	{ "schemata are strings", L("'intelRdt':{'schemata':[1]}"), "/linux/intelRdt/schemata/0", "string" },
	{ "enableMonitoring is a boolean", L("'intelRdt':{'enableMonitoring':'yes'}"),
	  "/linux/intelRdt/enableMonitoring", "true or false" },
	{ "netDevices is an object", L("'netDevices':['eth0']"), "/linux/netDevices", "object" },
	{ "a net device is an object", NETDEV("'eth0':'eth1'"), "/linux/netDevices/eth0", "object" },
	{ "a net device's name is a string", NETDEV("'eth0':{'name':1}"), "/linux/netDevices/eth0/name", "string" },
	{ "a net device's name is a device's", NETDEV("'eth0':{'name':'a/b'}"), "/linux/netDevices/eth0/name",
	  "slash" },
	{ "a net device's name has fifteen bytes", NETDEV("'eth0':{'name':'abcdefghijklmnop'}"),
	  "/linux/netDevices/eth0/name", "15 bytes" },
	{ "net devices need a network namespace",
	  { .linux_ = "'namespaces':[" NS("mount") "],'netDevices':{'eth0':{}}" },
	  "/linux/netDevices",
	  "needs" },
	{ "secs are an integer", L("'timeOffsets':{'monotonic':{'secs':'1'}}"), "/linux/timeOffsets/monotonic/secs",
	  "integer" },
	{ "NOTIFY has somebody to notify", RULE("'names':['mount'],'action':'SCMP_ACT_NOTIFY'"),
	  "/linux/seccomp/listenerPath", "required" },
	{ "listenerMetadata needs a listenerPath", SEC("'listenerMetadata':'x'"), "/linux/seccomp/listenerMetadata",
	  "needs" },
	{ "a mount's mapping has a size",
	  MOUNT("'destination':'/x','source':'/y','options':['bind'],'uidMappings':[{'containerID':0,'hostID':1}],"
		"'gidMappings':[" ONE "]"),
	  "/mounts/0/uidMappings/0/size", "required" },
	{ "only a bind mount maps ids",
	  MOUNT("'destination':'/x','type':'tmpfs','uidMappings':[" ONE "],'gidMappings':[" ONE "]"),
	  "/mounts/0/uidMappings", "only a bind mount" },
};

/* ---- the way of a configuration up to where something would be made -------------------------------------------- */

/* An ordinary user: a user namespace with one id in it. */
static const struct host user = {
	.euid = 1000, .egid = 1000, .last_cap = 40, .caps_bounding = (UINT64_C(1) << 41) - 1
};

static void survey(const char *text, struct buf *problems)
{
	_cleanup_arena_ struct arena a = { 0 };
	_cleanup_buf_ struct buf plan = { 0 };
	struct plan_create_opts o = { .id = "x", .rootfs = "/r", .bundle = "/b", .problems = problems };
	struct plan_needs needs;
	struct spec s;
	int decoded = spec_decode(&a, text, strlen(text), &s, problems, NULL);
	int checked = spec_check(&a, &s, problems, NULL);
	int compiled = plan_compile_create(&a, &s, &user, &o, &plan, &needs, NULL);

	/* What one finds is an error of that one: create stops there. */
	assert_true((decoded < 0 || checked < 0 || compiled < 0) == (problems->len > 0));
}

static void violates(const struct violation *v)
{
	_cleanup_buf_ struct buf problems = { 0 };
	char *text = config_text(&v->pieces);
	size_t len = strlen(v->where);
	const char *found;

	survey(text, &problems);
	buf_char(&problems, '\0');
	found = problems.data;
	if (strncmp(found, v->where, len) || strncmp(found + len, ": ", 2) || !strstr(found + len, v->words) ||
	    strchr(found, '\n'))
		fail_msg("%s: %s\n  gives \"%s\"\n  not   \"%s: ...%s...\"", v->rule, text, found, v->where, v->words);
	free(text);
}

#define AREA(name)                                                                                                     \
	{                                                                                                              \
		name, N(name)                                                                                          \
	}
static const struct {
	const struct violation *v;
	size_t n;
} areas[] = { AREA(document),	       AREA(process),	AREA(mounts),  AREA(hooks),	 AREA(namespaces),
	      AREA(devices_and_paths), AREA(resources), AREA(seccomp), AREA(scheduling), AREA(linux_rest) };

static void each_constraint(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(areas); i++)
		for (size_t k = 0; k < areas[i].n; k++)
			violates(&areas[i].v[k]);
}

/* The violations are of different demands, and none of them is in what they are all made from. */
static void they_differ(void **state)
{
	_cleanup_buf_ struct buf problems = { 0 };
	char *text = config_text(&(struct pieces){ 0 }), *texts[512];
	size_t n = 0;

	(void)state;
	survey(text, &problems);
	assert_int_equal(problems.len, 0);
	free(text);
	for (size_t i = 0; i < N(areas); i++)
		for (size_t k = 0; k < areas[i].n; k++)
			texts[n++] = config_text(&areas[i].v[k].pieces);
	assert_true(n >= 120);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(texts[i], texts[k]);
	while (n > 0)
		free(texts[--n]);
}

/* Found by all three, in the order in which they look; what is a consequence of another is not told. */
static void all_at_once(void **state)
{
	_cleanup_buf_ struct buf problems = { 0 };
	char *text = config_text(&(struct pieces){
		.version = "'ociVersion':'2.0.0'",
		.process = "'args':[],'cwd':'x','env':['A'],'user':{'uid':'0'},'noNewPrivileges':0",
		.linux_ = NAMESPACES_PIECE ",'maskedPaths':['x'],'uidMappings':[" ONE
					   "],'resources':{'cpu':{'idle':5}}",
		.more = "'mounts':[{'destination':1},{'destination':'/x'},{'destination':'/y','type':'bind'}],"
			"'annotations':{'':''},'hooks':{'poststop':[{'path':'x'},{}]}",
	});

	(void)state;
	survey(text, &problems);
	buf_char(&problems, '\0');
	assert_string_equal(problems.data, "/process/user/uid: must be an integer\n"
					   "/process/noNewPrivileges: must be true or false\n"
					   "/mounts/0/destination: must be a string\n"
					   "/hooks/poststop/1/path: required\n"
					   "/annotations/: an annotation's key must not be empty\n"
					   "/linux/resources/cpu/idle: 5 is above the maximum 1\n"
					   "/ociVersion: version 2.0.0 is not supported, only 1.x\n"
					   "/process/args: required (it is empty)\n"
					   "/process/env/0: \"A\" is not NAME=value\n"
					   "/process/cwd: \"x\" is not an absolute path\n"
					   "/hooks/poststop/0/path: \"x\" is not an absolute path\n"
					   "/linux/maskedPaths/0: \"x\" is not an absolute path\n"
					   "/linux/gidMappings: required together with the other\n"
					   "/mounts/0/type: required unless it is a bind mount\n"
					   "/mounts/1/type: required unless it is a bind mount\n"
					   "/mounts/2/source: required for a bind mount");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_constraint),
		cmocka_unit_test(they_differ),
		cmocka_unit_test(all_at_once),
	};

	return cmocka_run_group_tests_name("spec violations", tests, NULL, NULL);
}
