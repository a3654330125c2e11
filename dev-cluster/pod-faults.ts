import type {Faults, PodFault, FaultSubject} from './faults.ts';
import {stringAt} from './json.ts';
import type {PodControl} from './kubelet/pod-control.ts';
import {controlPod} from './kubelet/pod-control.ts';
import type {ApiObject} from './store/object.ts';
import type {Store} from './store/store.ts';

const subjectOf = ({metadata}: ApiObject): FaultSubject => ({
  method: '',
  path: '',
  verb: 'create',
  resource: 'pods',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** Applies the first matching fault to a new pod; false when there is none. */
export function failNewPod(faults: Faults, pod: ApiObject, control: PodControl): boolean {
  const fault = faults.takePod(subjectOf(pod));
  if (fault === undefined) return false;
  if (fault.how === 'unschedulable') control.unschedulable();
  else if (fault.how === 'image-pull') failToPull(pod, control);
  else {
    control.run();
    endPod(fault, control);
  }
  return true;
}

/** Ends the running pods that match; returns their names. */
export function endRunningPods(
  store: Store,
  fault: PodFault,
  match: {readonly namespace?: string; readonly name?: string},
): readonly string[] {
  const meant = store
    .list('pods', match.namespace)
    .filter(({metadata}) => match.name === undefined || metadata.name === match.name)
    .filter(pod => stringAt(pod, 'status', 'phase') === 'Running');
  for (const {metadata} of meant) {
    endPod(fault, controlPod(store, metadata.namespace ?? '', metadata.name));
  }
  return meant.map(({metadata}) => metadata.name);
}

function failToPull(pod: ApiObject, control: PodControl): void {
  const [container] = (pod.spec as {containers?: {image?: string}[]} | undefined)?.containers ?? [];
  const image = container?.image ?? '';
  const why = `failed to pull and unpack image ${JSON.stringify(image)}: not found`;
  control.schedule();
  control.event({
    type: 'Warning',
    reason: 'Failed',
    message: `Failed to pull image "${image}": ${why}`,
  });
  control.wait('ErrImagePull', why);
  control.wait('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${why}`);
}

function endPod({how}: PodFault, control: PodControl): void {
  if (how === 'oom') control.outOfMemory();
  else if (how === 'evict') control.evict();
  else control.loseNode();
}
