/** Kills a component of the cluster for a while: `COMMAND apiserver 5`. Empty: none may be killed. */
export const {GC_TEST_CRASH = ''} = process.env;

/** What disturbs every pod of a cluster is done only where the cluster is the tests' own. */
export const whyNoCrash =
  GC_TEST_CRASH === ''
    ? 'it disturbs everybody on the cluster; set GC_TEST_CRASH to a command that kills a component'
    : undefined;
