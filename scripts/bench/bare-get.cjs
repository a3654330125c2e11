// The least that a GET with a client certificate or a token costs a new Node process: no kubeconfig to
// read, no deadline, no retry, no answer to understand. argv: a file with what api.mjs's readTarget
// gives, and a path.
'use strict';
const {readFileSync} = require('node:fs');
const {connect} = require('node:tls');

const {headers, ...target} = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const lines = Object.entries({host: target.host, ...headers}).map(
  ([name, value]) => `${name}: ${value}`,
);
const socket = connect(target, () => {
  socket.write(`GET ${process.argv[3]} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  socket.once('data', head => process.exit(String(head).startsWith('HTTP/1.1 200') ? 0 : 1));
});
