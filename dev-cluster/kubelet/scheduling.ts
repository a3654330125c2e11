import {objectAt, objectsAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {quantity} from './quantity.ts';
import {untolerated} from './taints.ts';

/**
 * Why the pod does not fit the node, with the scheduler's message; undefined when it does. Each pod is
 * checked alone: requests of other pods are not subtracted.
 */
export function whyUnschedulable(pod: ApiObject, node: ApiObject | undefined): string | undefined {
  if (node === undefined) return undefined;
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(objectAt(pod, 'spec', 'nodeSelector'));
  const taint = untolerated(pod, node);
  const reasons: string[] = [];
  if (taint !== undefined) {
    const {key = '', value = ''} = taint;
    reasons.push(`node(s) had untolerated taint {${String(key)}: ${String(value)}}`);
  } else if (!selector.every(([label, value]) => labels[label] === value)) {
    reasons.push("node(s) didn't match Pod's node affinity/selector");
  } else {
    const lacking = ['cpu', 'memory'].filter(
      unit => requested(pod, unit) > allocatable(node, unit),
    );
    reasons.push(...lacking.map(unit => `Insufficient ${unit}`));
  }
  if (reasons.length === 0) return undefined;
  const helps = '1 Preemption is not helpful for scheduling';
  return `0/1 nodes are available: ${reasons.map(each => `1 ${each}`).join(', ')}. preemption: 0/1 nodes are available: ${helps}.`;
}

/** The sum over the containers, or the largest init container if that is more. */
function requested(pod: ApiObject, unit: string): number {
  const each = (list: string): number[] =>
    objectsAt(pod, 'spec', list).map(container => {
      const {requests, limits} = objectAt(container, 'resources');
      return quantity(objectAt(requests)[unit] ?? objectAt(limits)[unit]);
    });
  const sum = each('containers').reduce((one, other) => one + other, 0);
  return Math.max(sum, ...each('initContainers'));
}

function allocatable(node: ApiObject, unit: string): number {
  return quantity(objectAt(node, 'status', 'allocatable')[unit]);
}
