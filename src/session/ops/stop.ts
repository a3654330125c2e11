import {nothing, type Call} from '../../cli/operation.ts';
import {deletePodsOf} from '../../pod/delete.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, env, warn}) => {
    if (env.GC_TRANSCRIPTS_SRC && env.GC_TRANSCRIPTS_DEST) {
      const {saveTranscripts} = await import('../transcripts.ts');
      await saveTranscripts({cluster, session, deadline: call.deadline, env, warn});
    }
    await deletePodsOf(cluster, session);
    return nothing;
  });
