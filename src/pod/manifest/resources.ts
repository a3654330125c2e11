import type {V1ResourceRequirements} from '@kubernetes/client-node';
import type {PodSettings} from '../../config/pod-settings.ts';
import type {Quantity} from '../../config/quantity.ts';

/** What the agent's container asks for, and may take; storage only where that is set. */
export function agentResources(settings: PodSettings): V1ResourceRequirements {
  const {cpuRequest, cpuLimit, memoryRequest, memoryLimit} = settings;
  return {
    requests: {
      ...{cpu: cpuRequest.text, memory: memoryRequest.text},
      ...storage(settings.storageRequest),
    },
    limits: {
      ...{cpu: cpuLimit.text, memory: memoryLimit.text},
      ...storage(settings.storageLimit),
    },
  };
}

function storage(amount: Quantity | undefined): Record<string, string> {
  return amount === undefined ? {} : {'ephemeral-storage': amount.text};
}
