import {describeContract} from '../cluster-contract/contract.ts';
import {openRealCluster} from './real-cluster.ts';

describeContract('the cluster of KUBECONFIG', openRealCluster);
