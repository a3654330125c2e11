/** What the operations print on a session that runs, of those that print something. */
export const ANSWERS: Readonly<Record<string, string>> = {
  'is-running': 'true\n',
  'process-alive': 'true\n',
  'is-attached': 'true\n',
  peek: 'a screen\n',
  'get-last-activity': '2023-11-14T22:13:25Z\n',
  'get-meta': 'a value',
  'copy-from': 'hello',
  exec: 'done\n',
  'list-running': 'mayor\n',
};
