import {nothing, type Call} from '../../cli/operation.ts';
import {deletePod} from '../../pod/delete.ts';
import {allPods} from '../../pod/find.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, env, warn}) => {
    if (env.GC_TRANSCRIPTS_SRC && env.GC_TRANSCRIPTS_DEST) {
      const {saveTranscripts} = await import('../transcripts.ts');
      await saveTranscripts({cluster, session, deadline: call.deadline, env, warn});
    }
    for (const pod of await allPods(cluster, session)) {
      if (pod.metadata.annotations?.[ANNOTATION.retention] !== undefined) {
        const {stopRecorded} = await import('../../run/stop-recorded.ts');
        await stopRecorded(cluster, pod, warn);
      } else if (pod.metadata.deletionTimestamp === undefined) {
        await deletePod(cluster, pod);
      }
    }
    return nothing;
  });
