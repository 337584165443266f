// node send.cjs ENDPOINT TOKEN FILE CHUNK: uploads with tus-js-client, as patiently as our page.
// Prints one JSON line at the end; `sent` counts the bytes of bodies that were handed to connections.
const fs = require("node:fs");
const http = require("node:http");
const net = require("node:net");
const tus = require("tus-js-client");

const [endpoint, token, file, chunk] = process.argv.slice(2);
const sockets = [];
const agent = new http.Agent({ keepAlive: true });
agent.createConnection = (options, connected) => {
  const socket = net.createConnection(options, connected);
  sockets.push(socket);
  return socket;
};

let heads = 0;
let retries = 0;
let recording = null;
const headOf = (request) => {
  const underlying = request && request.getUnderlyingObject();
  return underlying && underlying._header ? Buffer.byteLength(underlying._header) : 0;
};
const told = (more) => {
  const written = sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0);
  console.log(JSON.stringify({ recording, retries, sent: written - heads, url: upload.url, ...more }));
};

const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint,
  uploadSize: fs.statSync(file).size,
  chunkSize: Number(chunk),
  retryDelays: [200, 500, ...Array(60).fill(1000)],
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: "tip.mp4", filetype: "video/mp4" },
  httpStack: new tus.DefaultHttpStack({ agent }),
  onShouldRetry: (error) => {
    const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
    retries += 1;
    if (status === 0) heads += headOf(error.originalRequest); // no answer will count it
    return status === 0 || status === 409 || status === 423 || status >= 500;
  },
  onAfterResponse: (request, response) => {
    heads += headOf(request);
    recording = response.getHeader("Recording-Id") || recording;
  },
  onError: (error) => {
    told({ error: String(error) });
    process.exit(1);
  },
  onSuccess: () => {
    told({});
    process.exit(0);
  },
});
upload.start();
