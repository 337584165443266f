// node tus_upload.cjs ENDPOINT FILE CHUNK: uploads with tus-js-client, prints one JSON line at the end.
const fs = require("node:fs");
const tus = require("tus-js-client");

const [endpoint, file, chunk] = process.argv.slice(2);
let retries = 0;
let recording = null;
const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint,
  uploadSize: fs.statSync(file).size,
  chunkSize: Number(chunk),
  retryDelays: [200, 500, 1000, 2000, 3000, 3000],
  headers: { Authorization: "Bearer eva" },
  metadata: { filename: "tip.mp4", filetype: "video/mp4" },
  onShouldRetry: (error) => {
    const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
    retries += 1;
    return status === 0 || status === 409 || status === 423 || status >= 500;
  },
  onAfterResponse: (_, response) => {
    recording = response.getHeader("Recording-Id") || recording;
  },
  onError: (error) => {
    console.log(JSON.stringify({ error: String(error) }));
    process.exit(1);
  },
  onSuccess: () => console.log(JSON.stringify({ url: upload.url, recording, retries })),
});
upload.start();
