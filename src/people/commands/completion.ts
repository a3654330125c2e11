import type {Command} from '../command.ts';

/** The hidden command that completion scripts call: `gc-k8s complete -- <words so far>`. */
export const COMPLETE = 'complete';

export const completion: Command = {
  name: 'completion',
  takes: '<shell>',
  summary: 'the completion script of bash, zsh or fish',
  examples: [
    ['completion bash >~/.local/share/bash-completion/completions/gc-k8s', 'bash, for good'],
    ['completion zsh >"${fpath[1]}/_gc-k8s"', 'zsh, for good'],
    ['completion fish >~/.config/fish/completions/gc-k8s.fish', 'fish, for good'],
  ],
  notes:
    'Commands, flags and the names of sessions are completed. bash needs the package bash-completion.',
  load: () => import('../completion/print-script.ts'),
};
