import {inject} from 'vitest';

// The suites of the cluster project take their cluster from the environment.
process.env.KUBECONFIG = inject('embedded');
process.env.GC_TEST_EMBEDDED = '1';
process.env.GC_K8S_IMAGE = 'local';
