/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scheduler, ioPriority, execCPUAffinity, personality, memoryPolicy: what is refused, and what the right ones mean. */
#include "spec_refusal.h"

#include "sys/kernel.h"

#define SCHED(members)		PROC("'scheduler':{" members "}", NULL)
#define NO_SCHED(members, want) PROC("'scheduler':{" members "}", "/process/scheduler" want)
#define FIFO(members, want)	NO_SCHED("'policy':'SCHED_FIFO'" members, want)
#define DEADLINE(members, want) NO_SCHED("'policy':'SCHED_DEADLINE'" members, want)

static const struct refusal scheduler[] = {
	PROC("'scheduler':null", NULL),
	NO_SCHED("", "/policy: required"),
	NO_SCHED("'policy':''", "/policy: unknown policy \"\""),
	NO_SCHED("'policy':'FIFO'", "/policy: unknown policy \"FIFO\""),
	NO_SCHED("'policy':6", "/policy: must be a string"),
	SCHED("'policy':'SCHED_OTHER'"),
	SCHED("'policy':'SCHED_OTHER','nice':-20"),
	SCHED("'policy':'SCHED_BATCH','nice':19"),
	SCHED("'policy':'SCHED_IDLE'"),
	SCHED("'policy':'SCHED_ISO'"), /* the kernel's to refuse */
	NO_SCHED("'policy':'SCHED_OTHER','nice':20", "/nice: 20 is not from -20 to 19"),
	NO_SCHED("'policy':'SCHED_BATCH','nice':-21", "/nice: -21 is not from -20 to 19"),
	NO_SCHED("'policy':'SCHED_OTHER','nice':2147483648", "/nice: 2147483648 is above the maximum 2147483647"),
	SCHED("'policy':'SCHED_FIFO','priority':1,'nice':99"), /* a nice value means nothing here: runc takes it */
	SCHED("'policy':'SCHED_RR','priority':99"),
	FIFO("", "/priority: 0 is not from 1 to 99"),
	FIFO(",'priority':100", "/priority: 100 is not from 1 to 99"),
	FIFO(",'priority':-1", "/priority: -1 is not from 1 to 99"),
	SCHED("'policy':'SCHED_FIFO','flags':['SCHED_FLAG_KEEP_PARAMS']"),
	SCHED("'policy':'SCHED_RR','flags':['SCHED_FLAG_KEEP_POLICY']"),
	NO_SCHED("'policy':'SCHED_OTHER','priority':1",
		 "/priority: SCHED_OTHER has none, only SCHED_FIFO and SCHED_RR"),
	NO_SCHED("'policy':'SCHED_IDLE','priority':1", "/priority: SCHED_IDLE has none, only SCHED_FIFO and SCHED_RR"),
	SCHED("'policy':'SCHED_DEADLINE','runtime':1024,'deadline':1024"),
	SCHED("'policy':'SCHED_DEADLINE','runtime':5000,'deadline':6000,'period':7000"),
	SCHED("'policy':'SCHED_DEADLINE','flags':['SCHED_FLAG_KEEP_PARAMS']"),
	DEADLINE("", "/runtime: 0 ns are below the kernel's minimum 1024"),
	DEADLINE(",'runtime':1023,'deadline':5000", "/runtime: 1023 ns are below the kernel's minimum 1024"),
	DEADLINE(",'runtime':5000,'deadline':4999", "/deadline: 4999 ns are no deadline for a runtime of 5000"),
	DEADLINE(",'runtime':5000,'deadline':9223372036854775808",
		 "/deadline: 9223372036854775808 ns are no deadline for a runtime of 5000"),
	DEADLINE(",'runtime':5000,'deadline':6000,'period':5999",
		 "/period: 5999 ns are no period for a deadline of 6000"),
	DEADLINE(",'runtime':5000,'deadline':6000,'period':9223372036854775808",
		 "/period: 9223372036854775808 ns are no period for a deadline of 6000"),
	DEADLINE(",'runtime':-1,'deadline':6000", "/runtime: -1 is below the minimum 0"),
	NO_SCHED("'policy':'SCHED_RR','priority':1,'runtime':5000",
		 ": runtime, deadline and period are of SCHED_DEADLINE, not of SCHED_RR"),
	NO_SCHED("'policy':'SCHED_OTHER','deadline':1",
		 ": runtime, deadline and period are of SCHED_DEADLINE, not of SCHED_OTHER"),
	NO_SCHED("'policy':'SCHED_BATCH','period':1",
		 ": runtime, deadline and period are of SCHED_DEADLINE, not of SCHED_BATCH"),
	SCHED("'policy':'SCHED_OTHER','flags':['SCHED_FLAG_RESET_ON_FORK','SCHED_FLAG_RECLAIM','SCHED_FLAG_DL_OVERRUN',"
	      "'SCHED_FLAG_KEEP_POLICY','SCHED_FLAG_KEEP_PARAMS','SCHED_FLAG_UTIL_CLAMP_MIN',"
	      "'SCHED_FLAG_UTIL_CLAMP_MAX']"),
	SCHED("'policy':'SCHED_OTHER','flags':null"),
	NO_SCHED("'policy':'SCHED_OTHER','flags':['SCHED_FLAG_RECLAIM','RECLAIM']",
		 "/flags/1: unknown flag \"RECLAIM\""),
	NO_SCHED("'policy':'SCHED_OTHER','flags':'SCHED_FLAG_RECLAIM'", "/flags: must be an array"),
};

#define IO(members, want) PROC("'ioPriority':{" members "}", want)

static const struct refusal io_priority[] = {
	PROC("'ioPriority':null", NULL),
	IO("'class':'IOPRIO_CLASS_RT','priority':0", NULL),
	IO("'class':'IOPRIO_CLASS_BE','priority':7", NULL),
	IO("'class':'IOPRIO_CLASS_IDLE'", NULL),
	IO("", "/process/ioPriority/class: required"),
	IO("'priority':1", "/process/ioPriority/class: required"),
	IO("'class':'','priority':1", "/process/ioPriority/class: unknown class \"\""),
	IO("'class':'IOPRIO_CLASS_NONE'", "/process/ioPriority/class: unknown class \"IOPRIO_CLASS_NONE\""),
	IO("'class':'IOPRIO_CLASS_BE','priority':8", "/process/ioPriority/priority: 8 is above the maximum 7"),
	IO("'class':'IOPRIO_CLASS_BE','priority':-1", "/process/ioPriority/priority: -1 is below the minimum 0"),
	IO("'class':'IOPRIO_CLASS_BE','priority':'1'", "/process/ioPriority/priority: must be an integer"),
};

#define CPUS(text, want) PROC("'execCPUAffinity':{'initial':'" text "'}", want)
#define NO_CPUS(text)                                                                                                  \
	CPUS(text, "/process/execCPUAffinity/initial: \"" text "\" is not a list like \"0-3,7\" of numbers below "     \
		   "8192")

static const struct refusal affinity[] = {
	PROC("'execCPUAffinity':null", NULL),
	PROC("'execCPUAffinity':{}", NULL),
	PROC("'execCPUAffinity':{'initial':'','final':''}", NULL),
	PROC("'execCPUAffinity':{'initial':null,'final':'0-3,7'}", NULL),
	CPUS("8191", NULL),
	CPUS(" 0 - 3 , 7 ,,9", NULL),
	NO_CPUS("8192"),
	NO_CPUS("0-8192"),
	NO_CPUS("99999999999999999999999"),
	NO_CPUS("3-0"),
	NO_CPUS("-1"),
	NO_CPUS("1-"),
	NO_CPUS("1-2-3"),
	NO_CPUS("1 2"),
	NO_CPUS("all"),
	NO_CPUS("0,x"),
	NO_CPUS("0x3"),
	CPUS(",", "/process/execCPUAffinity/initial: \",\" has no number in it"),
	CPUS(" ", "/process/execCPUAffinity/initial: \" \" has no number in it"),
	PROC("'execCPUAffinity':{'final':'5-4'}",
	     "/process/execCPUAffinity/final: \"5-4\" is not a list like \"0-3,7\" of numbers below 8192"),
	PROC("'execCPUAffinity':{'final':3}", "/process/execCPUAffinity/final: must be a string"),
	PROC("'execCPUAffinity':'0'", "/process/execCPUAffinity: must be an object"),
};

#define PERSONA(members, want) LINUX("'personality':{" members "}", want)

static const struct refusal personality[] = {
	LINUX("'personality':null", NULL),
	PERSONA("", "/linux/personality/domain: required"),
	PERSONA("'domain':'','flags':[]", "/linux/personality/domain: unknown domain \"\""),
	PERSONA("'domain':'LINUX'", NULL),
	PERSONA("'domain':'LINUX32','flags':null", NULL),
	PERSONA("'domain':'PER_LINUX32'", "/linux/personality/domain: unknown domain \"PER_LINUX32\""),
	PERSONA("'domain':'LINUX','flags':['ADDR_NO_RANDOMIZE']",
		"/linux/personality/flags/0: unknown flag (the specification defines none) \"ADDR_NO_RANDOMIZE\""),
	LINUX("'personality':'LINUX32'", "/linux/personality: must be an object"),
};

#define MPOL(members, want) LINUX("'memoryPolicy':{" members "}", want)

static const struct refusal memory_policy[] = {
	LINUX("'memoryPolicy':null", NULL),
	MPOL("'mode':'MPOL_DEFAULT'", NULL),
	MPOL("'mode':'MPOL_DEFAULT','nodes':'','flags':[]", NULL),
	MPOL("'mode':'MPOL_LOCAL'", NULL),
	MPOL("'mode':'MPOL_PREFERRED'", NULL),
	MPOL("'mode':'MPOL_PREFERRED','nodes':'0'", NULL),
	MPOL("'mode':'MPOL_BIND','nodes':'0-1023','flags':['MPOL_F_STATIC_NODES','MPOL_F_NUMA_BALANCING']", NULL),
	MPOL("'mode':'MPOL_INTERLEAVE','nodes':'0','flags':['MPOL_F_RELATIVE_NODES']", NULL),
	MPOL("'mode':'MPOL_WEIGHTED_INTERLEAVE','nodes':'0'", NULL),
	MPOL("'mode':'MPOL_PREFERRED_MANY','nodes':'0,2'", NULL),
	MPOL("", "/linux/memoryPolicy/mode: required"),
	MPOL("'nodes':'0'", "/linux/memoryPolicy/mode: required"),
	MPOL("'mode':''", "/linux/memoryPolicy/mode: unknown mode \"\""),
	MPOL("'mode':'BIND','nodes':'0'", "/linux/memoryPolicy/mode: unknown mode \"BIND\""),
	MPOL("'mode':'MPOL_DEFAULT','nodes':'0'", "/linux/memoryPolicy/nodes: must be empty for this mode"),
	MPOL("'mode':'MPOL_LOCAL','nodes':'1'", "/linux/memoryPolicy/nodes: must be empty for this mode"),
	MPOL("'mode':'MPOL_BIND'", "/linux/memoryPolicy/nodes: required for this mode"),
	MPOL("'mode':'MPOL_INTERLEAVE','nodes':''", "/linux/memoryPolicy/nodes: required for this mode"),
	MPOL("'mode':'MPOL_WEIGHTED_INTERLEAVE'", "/linux/memoryPolicy/nodes: required for this mode"),
	MPOL("'mode':'MPOL_PREFERRED_MANY'", "/linux/memoryPolicy/nodes: required for this mode"),
	MPOL("'mode':'MPOL_BIND','nodes':'1024'",
	     "/linux/memoryPolicy/nodes: \"1024\" is not a list like \"0-3,7\" of numbers below 1024"),
	MPOL("'mode':'MPOL_BIND','nodes':0", "/linux/memoryPolicy/nodes: must be a string"),
	MPOL("'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC_NODES','MPOL_F_RELATIVE_NODES']",
	     "/linux/memoryPolicy/flags: MPOL_F_RELATIVE_NODES and MPOL_F_STATIC_NODES exclude each other"),
	MPOL("'mode':'MPOL_BIND','nodes':'0','flags':['STATIC']",
	     "/linux/memoryPolicy/flags/0: unknown flag \"STATIC\""),
};

TABLE_TEST(scheduler)
TABLE_TEST(io_priority)
TABLE_TEST(affinity)
TABLE_TEST(personality)
TABLE_TEST(memory_policy)

/* The kernel's numbers, not only the words. */
static void values(void **state)
{
	static const struct pieces p = {
		.process = PROCESS_PIECE ",'scheduler':{'policy':'SCHED_DEADLINE','flags':['SCHED_FLAG_RECLAIM',"
					 "'SCHED_FLAG_RESET_ON_FORK'],'runtime':2000,'deadline':3000,'period':4000},"
					 "'ioPriority':{'class':'IOPRIO_CLASS_RT','priority':5},"
					 "'execCPUAffinity':{'initial':'0-2,33','final':'64,31'}",
		.linux_ = NAMESPACES_PIECE ",'personality':{'domain':'LINUX32'},'memoryPolicy':{'mode':'MPOL_BIND',"
					   "'nodes':'1,40','flags':['MPOL_F_STATIC_NODES']}",
	};
	_cleanup_arena_ struct arena a = { 0 };
	char *text = config_text(&p);
	struct lct_err err;
	struct spec s;

	(void)state;
	assert_int_equal(spec_decode(&a, text, strlen(text), &s, NULL, &err), 0);
	assert_true(s.process.scheduler.present);
	assert_int_equal(s.process.scheduler.policy, 6);
	assert_int_equal(s.process.scheduler.flags, 3);
	assert_int_equal(s.process.scheduler.runtime, 2000);
	assert_int_equal(s.process.scheduler.deadline, 3000);
	assert_int_equal(s.process.scheduler.period, 4000);
	assert_int_equal(s.process.io_priority.class, 1);
	assert_int_equal(s.process.io_priority.priority, 5);
	assert_int_equal(s.process.exec_cpus_initial.n, 2);
	assert_int_equal(s.process.exec_cpus_initial.words[0], 7);
	assert_int_equal(s.process.exec_cpus_initial.words[1], 2);
	assert_int_equal(s.process.exec_cpus_final.n, 3);
	assert_true(s.process.exec_cpus_final.words[0] == UINT32_C(1) << 31);
	assert_int_equal(s.process.exec_cpus_final.words[1], 0);
	assert_int_equal(s.process.exec_cpus_final.words[2], 1);
	assert_true(s.personality.present && s.personality.domain == 8);
	assert_int_equal(s.memory_policy.mode, 2);
	assert_int_equal(s.memory_policy.flags, 1 << 15);
	assert_int_equal(s.memory_policy.nodes.n, 2);
	assert_int_equal(s.memory_policy.nodes.words[0], 2);
	assert_int_equal(s.memory_policy.nodes.words[1], 1 << 8);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_scheduler),	 cmocka_unit_test(refuses_io_priority),
		cmocka_unit_test(refuses_affinity),	 cmocka_unit_test(refuses_personality),
		cmocka_unit_test(refuses_memory_policy), cmocka_unit_test(values),
	};

	return cmocka_run_group_tests_name("spec scheduling", tests, NULL, NULL);
}
